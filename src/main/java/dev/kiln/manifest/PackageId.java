package dev.kiln.manifest;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// A package's name, version and source; the order is Cargo's (name, version, source), and the
/// order of `--extern` follows from it.
public record PackageId(String name, Version version, SourceId source)
    implements Comparable<PackageId> {
  private static final Comparator<PackageId> ORDER =
      Comparator.comparing(PackageId::name)
          .thenComparing(PackageId::version)
          .thenComparing(PackageId::source);

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof PackageId other
        && name.equals(other.name)
        && version.equals(other.version)
        && source.equals(other.source);
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + version.hashCode();
  }

  @Override
  public int compareTo(PackageId other) {
    return ORDER.compare(this, other);
  }

  /// Returns Cargo's fully qualified package id specification, as `pkg_id` of a unit graph:
  /// `path+file:///home/me/app#0.1.0`, `registry+URL#name@1.0.0`.
  public String toSpec() {
    var url = source.withoutPrecise();
    var bare = url.replaceFirst("\\?.*", "");
    var last = bare.substring(bare.lastIndexOf('/') + 1);
    return url + "#" + (last.equals(name) ? version.toString() : name + "@" + version);
  }

  /// Returns `name vVERSION (SOURCE)` as Cargo's errors name a package: without the source where
  /// that is crates.io.
  public String described() {
    return source.isCratesIo() ? toString() : this + " (" + source.described() + ")";
  }

  /// Returns `name vVERSION`, as Cargo's progress lines name a package.
  @Override
  public String toString() {
    return name + " v" + version;
  }
}
