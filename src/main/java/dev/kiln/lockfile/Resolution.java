package dev.kiln.lockfile;

import dev.kiln.KilnException;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.Workspace;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which package each dependency means: the lock file read in a workspace (Cargo:
/// `EncodableResolve::into_resolve`, then a resolve that keeps to it).
///
/// `dependencies` holds every package that is used, with the packages that it may depend on,
/// sorted: what `[replace]` and `paths` put in the place of another stands for it. Features and
/// platforms play no role here. `replaced` are the packages that `[replace]` has taken the place
/// of: nothing of them is used, but people may mean them. `patches` are the packages that `[patch]`
/// offers, by the URL that they patch.
public record Resolution(
    SortedMap<PackageId, List<PackageId>> dependencies,
    SortedMap<PackageId, String> checksums,
    SortedMap<PackageId, PackageId> substitutes,
    SortedSet<PackageId> replaced,
    SortedMap<String, List<PackageId>> patches,
    List<String> warnings) {

  public Resolution {
    var copy = new TreeMap<PackageId, List<PackageId>>();
    dependencies.forEach((id, edges) -> copy.put(id, edges.stream().sorted().toList()));
    dependencies = Collections.unmodifiableSortedMap(copy);
    checksums = Collections.unmodifiableSortedMap(new TreeMap<>(checksums));
    substitutes = Collections.unmodifiableSortedMap(new TreeMap<>(substitutes));
    replaced = Collections.unmodifiableSortedSet(new TreeSet<>(replaced));
    warnings = List.copyOf(warnings);
    patches = Collections.unmodifiableSortedMap(new TreeMap<>(patches));
  }

  /// Reads what the lock file of a workspace means; `lockedBy` is the flag that forbids to change
  /// it, or null.
  public static Resolution of(
      Workspace workspace, @Nullable Lockfile lockfile, @Nullable String lockedBy, Offers offers)
      throws KilnException, InterruptedException {
    return new ResolutionReader(workspace, lockfile, lockedBy, offers).read();
  }

  /// Returns the package that a dependency of `from` means; empty where the lock file has none, as
  /// for optional dependencies that nothing ever turns on.
  public Optional<PackageId> find(PackageId from, Dependency dependency) {
    var edges = dependencies.getOrDefault(from, List.of());
    var direct = choose(dependency, edges, patches);
    if (direct.isPresent()) {
      return direct;
    }
    var substitute =
        substitutes.entrySet().stream()
            .filter(entry -> edges.contains(entry.getValue()) && dependency.accepts(entry.getKey()))
            .map(Map.Entry::getValue)
            .findFirst();
    return substitute.isPresent() ? substitute : inOwnRegistry(from, dependency, edges);
  }

  /// Returns the package that a dependency means which its package's entry does not list.
  public Optional<PackageId> findForAnother(Dependency dependency) {
    return choose(dependency, dependencies.keySet(), patches);
  }

  /// A package of another registry than crates.io that names no registry for a dependency means, by
  /// its index, its own: the index's entry says so and the manifest cannot.
  private static Optional<PackageId> inOwnRegistry(
      PackageId from, Dependency dependency, Collection<PackageId> edges) {
    if (!from.source().isRegistry() || dependency.extras().registry() != null) {
      return Optional.empty();
    }
    return edges.stream()
        .filter(id -> id.source().equals(from.source()))
        .filter(id -> id.name().equals(dependency.name()))
        .filter(id -> dependency.acceptsVersion(id.version()))
        .findFirst();
  }

  /// Chooses as Cargo's locking does: the first by id order that the dependency accepts, itself or
  /// as a patch of its source.
  static Optional<PackageId> choose(
      Dependency dependency,
      Collection<PackageId> ids,
      SortedMap<String, List<PackageId>> patches) {
    var patched =
        patches.isEmpty() ? null : patches.get(patchKey(dependency.source().canonicalUrl()));
    for (var id : ids) {
      if (dependency.accepts(id)) {
        return Optional.of(id);
      }
      if (patched != null
          && id.name().equals(dependency.name())
          && dependency.acceptsVersion(id.version())
          && patched.contains(id)) {
        return Optional.of(id);
      }
    }
    return Optional.empty();
  }

  /// Brings a URL to the form that [#patches] goes by.
  static String patchKey(String url) {
    return url.startsWith("sparse+") ? url : url.replaceFirst("/$", "");
  }

  /// Returns every package that is used, in Cargo's order.
  public List<PackageId> packages() {
    return List.copyOf(dependencies.keySet());
  }
}
