package dev.kiln.resolve;

import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The graph of packages as the lock file has it, each edge with the dependencies of the manifest
/// that it stands for (Cargo: `Resolve`).
///
/// Dev-dependencies count for the packages that were asked for only, those given by [#withRoots].
public final class PackageGraph {
  /// From a package to another: the entries of its manifest that the other package fulfils.
  public record Edge(PackageId to, List<Dependency> dependencies) {
    public Edge {
      dependencies = List.copyOf(dependencies);
    }
  }

  private final SortedMap<PackageId, List<PackageId>> locked;
  private final PackageSource packages;
  private final @Nullable Set<PackageId> roots;
  private final Map<PackageId, List<Edge>> edges = new HashMap<>();

  /// Makes a graph of the locked packages, each with the packages that its entry names.
  public PackageGraph(SortedMap<PackageId, List<PackageId>> locked, PackageSource packages) {
    this(locked, packages, null);
  }

  private PackageGraph(
      SortedMap<PackageId, List<PackageId>> locked,
      PackageSource packages,
      @Nullable Set<PackageId> roots) {
    this.locked = locked;
    this.packages = packages;
    this.roots = roots;
  }

  /// Returns this graph with dev-dependencies of these packages only.
  public PackageGraph withRoots(Set<PackageId> members) {
    return new PackageGraph(locked, packages, Set.copyOf(members));
  }

  /// Returns all locked packages, in Cargo's order.
  public Set<PackageId> ids() {
    return locked.keySet();
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

  private List<Edge> find(PackageId from) {
    var byId = new TreeMap<PackageId, List<Dependency>>();
    var named = locked.getOrDefault(from, List.of()).stream().sorted().toList();
    for (var dependency : packages.require(from).dependencies()) {
      if (dependency.kind() == Dependency.Kind.DEV && roots != null && !roots.contains(from)) {
        continue;
      }
      choose(named, dependency)
          .ifPresent(to -> byId.computeIfAbsent(to, _ -> new ArrayList<>()).add(dependency));
    }
    var found = new ArrayList<Edge>();
    byId.forEach((to, dependencies) -> found.add(new Edge(to, dependencies)));
    return List.copyOf(found);
  }

  /// Returns the package that a dependency is locked to (Cargo: workspace/registry.rs `lock`): of
  /// the packages that the entry names, the first of its own source that fits, else the first that
  /// `[patch]` put there from another source, else any locked package of its source that fits.
  private Optional<PackageId> choose(List<PackageId> named, Dependency dependency) {
    for (var id : named) {
      if (fits(dependency, id) && sameSource(dependency.source(), id.source())) {
        return Optional.of(id);
      }
    }
    for (var id : named) {
      if (fits(dependency, id)) {
        return Optional.of(id);
      }
    }
    return locked.keySet().stream()
        .filter(id -> fits(dependency, id) && sameSource(dependency.source(), id.source()))
        .findFirst();
  }

  private static boolean fits(Dependency dependency, PackageId id) {
    // no version written is no requirement at all: it takes pre-releases, which `*` does not
    return dependency.name().equals(id.name())
        && (!dependency.extras().explicitVersion() || dependency.req().matches(id.version()));
  }

  private static boolean sameSource(SourceId wanted, SourceId locked) {
    return wanted.withoutPrecise().equals(locked.withoutPrecise());
  }
}
