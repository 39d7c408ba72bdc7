package dev.kiln.lockfile;

import dev.kiln.KilnException;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Holds what the lock file chose against the sources on this machine: each must still have the
/// version, with the checksum that is locked (Cargo: resolver/errors.rs `activation_error`,
/// resolver/resolve.rs `merge_from`). What only a server can tell shows when it is fetched.
final class LockedOffers {
  private final Offers offers;
  private final MissingPackage missing;
  private final Map<String, Optional<List<Offers.Offer>>> asked = new HashMap<>();

  LockedOffers(Offers offers, MissingPackage missing) {
    this.offers = offers;
    this.missing = missing;
  }

  /// Fails where the source has not the version that a local package's dependency is locked to.
  void check(Dependency dependency, Package pkg, PackageId locked)
      throws KilnException, InterruptedException {
    var near = near(locked);
    if (near.isPresent() && find(near.get(), locked).isEmpty()) {
      throw missing.notOffered(dependency, pkg.id(), locked, near.get());
    }
  }

  /// The same for an edge of a package that a source on this machine has.
  void check(PackageId from, PackageId locked) throws KilnException, InterruptedException {
    var near = near(locked);
    if (near.isPresent() && find(near.get(), locked).isEmpty()) {
      for (var dependency : offers.dependencies(from).orElse(List.of())) {
        if (dependency.accepts(locked)) {
          throw missing.notOffered(dependency, from, locked, near.get());
        }
      }
    }
  }

  /// Compares checksums; `isListed` says that the lock file has any.
  void checkChecksum(PackageId id, LockedPackage entry, boolean isListed)
      throws KilnException, InterruptedException {
    var near = near(id);
    var offer = near.isEmpty() ? Optional.<Offers.Offer>empty() : find(near.get(), id);
    var checksum = offer.isEmpty() ? null : offer.get().checksum();
    var locked = entry.checksum();
    if (checksum == null || checksum.equals(locked)) {
      return;
    }
    if (locked != null) {
      throw new KilnException(
          "checksum for `" + id + "` changed between lock files",
          "the lock file or the source (a mirror in its place?) is not what it was: compare both, and"
              + " lock the package anew only if you trust the source");
    }
    if (isListed) {
      throw new KilnException(
          "checksum for `"
              + id
              + "` was not previously calculated, but a checksum could now be calculated",
          "the lock file was made with another source than "
              + id.source().described()
              + ", or is damaged: lock the package anew");
    }
  }

  private static Optional<Offers.Offer> find(List<Offers.Offer> offered, PackageId id) {
    return offered.stream().filter(offer -> offer.version().equals(id.version())).findFirst();
  }

  private Optional<List<Offers.Offer>> near(PackageId id)
      throws KilnException, InterruptedException {
    if (!id.source().isRegistry()) {
      return Optional.empty();
    }
    return near(id.source(), id.name());
  }

  private Optional<List<Offers.Offer>> near(SourceId source, String name)
      throws KilnException, InterruptedException {
    var key = source + " " + name;
    var known = asked.get(key);
    if (known == null) {
      known = offers.near(source, name);
      asked.put(key, known);
    }
    return known;
  }
}
