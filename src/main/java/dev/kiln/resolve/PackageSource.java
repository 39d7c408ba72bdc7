package dev.kiln.resolve;

import dev.kiln.KilnException;
import dev.kiln.manifest.CrateOverride;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Gives the manifests of packages, those of other people's packages only once they are needed.
///
/// Whoever walks the graph of packages asks for what it meets, collects what is not loaded yet, and
/// loads it level by level: so that a level is fetched in parallel, and nothing that no active
/// dependency reaches is fetched at all (Cargo: `PackageSet::download_accessible`).
public interface PackageSource {
  /// Returns the package if it is loaded already.
  Optional<Package> find(PackageId id);

  /// Loads packages, fetching in parallel those that are not on this machine.
  void load(Collection<PackageId> ids) throws KilnException, InterruptedException;

  /// Returns what the workspace's kiln.toml says of crates.
  default List<CrateOverride> overrides() {
    return List.of();
  }

  /// Returns a package that was loaded before.
  default Package require(PackageId id) {
    return find(id).orElseThrow(() -> new IllegalStateException(id + " is not loaded"));
  }
}
