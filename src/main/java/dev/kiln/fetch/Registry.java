package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.manifest.PackageId;
import java.nio.file.Path;
import java.util.List;

/// A source that gives `.crate` files and an index of them.
interface Registry {
  /// Returns the versions of a crate, in the index's order; empty where it has none.
  List<Published> published(String name) throws KilnException, InterruptedException;

  /// Does the same where it is only to explain something: one attempt is enough.
  default List<Published> glance(String name) throws KilnException, InterruptedException {
    return published(name);
  }

  /// Returns the file of a package; its hash was checked. `bytes` were downloaded for it.
  Crate crate(PackageId id, Digest checksum) throws KilnException, InterruptedException;

  /// A `.crate` file and what it cost.
  record Crate(Path file, long bytes) {}

  /// Returns the checksum that the index has for a package, for a lock file without one.
  default Digest checksum(PackageId id) throws KilnException, InterruptedException {
    return published(id.name()).stream()
        .filter(entry -> entry.version().equals(id.version()))
        .findFirst()
        .orElseThrow(
            () -> new KilnException("no package `" + id + "` in the index of " + id.source()))
        .checksum();
  }

  /// Returns the failure for a file with another hash than the lock file's: the index tells whether
  /// the lock is wrong or the file.
  default KilnException mismatch(PackageId id, Digest expected, Digest got)
      throws InterruptedException {
    try {
      if (checksum(id).equals(got)) {
        return new KilnException(
            "checksum for `"
                + id
                + "` changed between lock files: Cargo.lock has "
                + expected.hex()
                + ", the registry has "
                + got.hex(),
            "find out why: the lock file may be corrupt, or a mirror may serve something else");
      }
    } catch (KilnException e) {
      // The index cannot say more; the file is not what was asked for.
    }
    return new KilnException(
        "failed to verify the checksum of `"
            + id
            + "`: expected "
            + expected.hex()
            + ", got "
            + got.hex(),
        "the file or the lock file may be damaged; nothing of it was used");
  }
}
