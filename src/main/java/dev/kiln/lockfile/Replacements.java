package dev.kiln.lockfile;

import dev.kiln.KilnException;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.Workspace;
import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What stands in for packages by `[replace]` (Cargo: resolver/dep_cache.rs `query`).
final class Replacements {
  private final Workspace workspace;
  private final SortedSet<PackageId> known;
  private final Collection<Package> locals;
  private final MissingPackage missing;

  /// `known` are the packages of the workspace and of the lock file.
  Replacements(
      Workspace workspace,
      SortedSet<PackageId> known,
      Collection<Package> locals,
      MissingPackage missing) {
    this.workspace = workspace;
    this.known = known;
    this.locals = locals;
    this.missing = missing;
  }

  /// Returns what stands for each of the locked packages that an entry names.
  SortedMap<PackageId, PackageId> find(Collection<PackageId> locked) throws KilnException {
    var found = new TreeMap<PackageId, PackageId>();
    for (var id : locked) {
      var named =
          workspace.settings().replacements().stream().filter(entry -> names(entry, id)).toList();
      if (named.isEmpty()) {
        continue;
      }
      var by = candidate(named.getFirst(), id);
      if (by == null) {
        continue;
      }
      if (named.size() > 1) {
        throw asDependency(
            id,
            "overlapping replacement specifications found:\n\n  * "
                + named.get(0).spec()
                + "\n  * "
                + named.get(1).spec()
                + "\n\nboth specifications match: "
                + id.described());
      }
      if (!by.equals(id)) {
        found.put(id, by);
      }
    }
    return found;
  }

  /// Says whether an entry names the package: build metadata counts where it is written.
  static boolean names(Workspace.Replacement entry, PackageId id) {
    var version = entry.version();
    return entry.name().equals(id.name())
        && entry.url().equals(id.source().url())
        && version.major() == id.version().major()
        && version.minor() == id.version().minor()
        && version.patch() == id.version().patch()
        && version.pre().equals(id.version().pre())
        && (version.build().isEmpty() || version.build().equals(id.version().build()));
  }

  private @Nullable PackageId candidate(Workspace.Replacement entry, PackageId id)
      throws KilnException {
    var broken = missing.unreadable(entry.with());
    if (broken != null) {
      throw asDependency(id, broken);
    }
    var by =
        known.stream()
            .filter(other -> other.name().equals(id.name()))
            .filter(other -> other.source().isSameSource(entry.with().source()))
            .findFirst();
    if (by.isEmpty() && entry.with().source().isGit()) {
      return null; // what a repository has is not known
    }
    if (by.isEmpty()) {
      throw asDependency(
          id,
          "no matching package for override `"
              + entry.spec()
              + "` found\nlocation searched: "
              + entry.with().place()
              + "\nversion required: "
              + entry.with().req());
    }
    if (!by.get().version().equals(id.version())) {
      throw asDependency(
          id,
          "replacement specification `"
              + entry.spec()
              + "` matched "
              + id.version()
              + " and tried to override it with "
              + by.get().version()
              + "\navoid matching unrelated packages by being more specific");
    }
    return by.get();
  }

  private KilnException asDependency(PackageId id, String why) {
    return asDependency(id, new KilnException(why));
  }

  private KilnException asDependency(PackageId id, KilnException why) {
    for (var pkg : locals) {
      for (var dependency : pkg.dependencies()) {
        if (dependency.accepts(id)) {
          return MissingPackage.asDependency(dependency, pkg, why);
        }
      }
    }
    return why;
  }
}
