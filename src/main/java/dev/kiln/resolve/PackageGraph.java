package dev.kiln.resolve;

import dev.kiln.lockfile.Resolution;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.PackageId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The graph of packages as the lock file has it, each edge with the dependencies of the manifest
/// that it stands for (Cargo: `Resolve`).
///
/// Dev-dependencies count for the packages that were asked for only, those given by [#withRoots].
/// In a graph with roots a dependency that its package's entry in the lock file lacks means what is
/// locked for another one: Cargo's second resolve, which the command line's features can widen,
/// prefers that.
public final class PackageGraph {
  /// From a package to another: the entries of its manifest that the other package fulfils.
  public record Edge(PackageId to, List<Dependency> dependencies) {
    public Edge {
      dependencies = List.copyOf(dependencies);
    }
  }

  private final Resolution locked;
  private final PackageSource packages;
  private final @Nullable Set<PackageId> roots;
  private final Map<PackageId, List<Edge>> edges = new HashMap<>();
  private final Map<PackageId, List<Dependency>> unlocked = new HashMap<>();

  /// Makes a graph of the locked packages, where dev-dependencies of all count.
  public PackageGraph(Resolution locked, PackageSource packages) {
    this(locked, packages, null);
  }

  private PackageGraph(Resolution locked, PackageSource packages, @Nullable Set<PackageId> roots) {
    this.locked = locked;
    this.packages = packages;
    this.roots = roots;
  }

  /// Returns this graph with dev-dependencies of these packages only.
  public PackageGraph withRoots(Set<PackageId> members) {
    return new PackageGraph(locked, packages, Set.copyOf(members));
  }

  /// Returns this graph with the packages as another source gives them.
  public PackageGraph withPackages(PackageSource other) {
    return new PackageGraph(locked, other, roots);
  }

  /// Returns all locked packages, in Cargo's order.
  public List<PackageId> ids() {
    return locked.packages();
  }

  /// Says whether `[replace]` or `paths` put packages in the place of others.
  public boolean hasSubstitutes() {
    return !locked.substitutes().isEmpty();
  }

  /// Returns the packages that `[replace]` has put some of these in the place of.
  public List<PackageId> replacedBy(Collection<PackageId> ids) {
    return locked.replaced().stream()
        .filter(id -> ids.contains(locked.substitutes().get(id)))
        .toList();
  }

  /// Returns the edges of a loaded package, in the order of the ids they lead to.
  public List<Edge> edges(PackageId from) {
    var known = edges.get(from);
    if (known == null) {
      known = find(from);
      edges.put(from, known);
    }
    return known;
  }

  /// Returns the dependencies of a loaded package that have no locked package at all, but for
  /// dev-dependencies.
  public List<Dependency> unlocked(PackageId from) {
    edges(from);
    return unlocked.getOrDefault(from, List.of());
  }

  private List<Edge> find(PackageId from) {
    var byId = new TreeMap<PackageId, List<Dependency>>();
    var without = new ArrayList<Dependency>();
    for (var dependency : packages.require(from).dependencies()) {
      boolean dev = dependency.kind() == Dependency.Kind.DEV;
      if (dev && roots != null && !roots.contains(from)) {
        continue;
      }
      var to = locked.find(from, dependency);
      if (to.isEmpty() && !dev && roots != null) {
        to = locked.findForAnother(dependency);
      }
      if (to.isPresent()) {
        byId.computeIfAbsent(to.get(), _ -> new ArrayList<>()).add(dependency);
      } else if (!dev) {
        without.add(dependency);
      }
    }
    unlocked.put(from, List.copyOf(without));
    var found = new ArrayList<Edge>();
    byId.forEach((to, dependencies) -> found.add(new Edge(to, dependencies)));
    return List.copyOf(found);
  }
}
