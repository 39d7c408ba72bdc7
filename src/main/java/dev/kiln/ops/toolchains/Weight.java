package dev.kiln.ops.toolchains;

import dev.kiln.toolchain.debian.LockedPackage;
import java.util.Collection;
import java.util.Locale;

/// How much packages are, packed and unpacked; a lock that does not say it counts nothing.
public record Weight(int packages, long size, long unpacked) {
  static Weight of(Collection<LockedPackage> packages) {
    return new Weight(
        packages.size(),
        packages.stream().mapToLong(LockedPackage::size).sum(),
        packages.stream().mapToLong(LockedPackage::unpacked).sum());
  }

  /// Returns `63 packages, 167.9 MB (721.6 MB unpacked)`.
  public String text() {
    return packages
        + (packages == 1 ? " package" : " packages")
        + (size == 0 ? "" : ", " + megabytes(size))
        + (unpacked == 0 ? "" : " (" + megabytes(unpacked) + " unpacked)");
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
