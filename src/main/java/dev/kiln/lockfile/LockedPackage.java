package dev.kiln.lockfile;

import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One `[[package]]` of a Cargo.lock. `source` is null for a path package, `checksum` for a package
/// that has none; `replace` is what stands in for it by `[replace]`.
public record LockedPackage(
    String name,
    Version version,
    @Nullable SourceId source,
    @Nullable String checksum,
    List<Edge> dependencies,
    @Nullable Edge replace) {

  /// A dependency as written: what is not needed to tell packages apart is left out.
  public record Edge(String name, @Nullable Version version, @Nullable SourceId source) {
    /// Says whether the edge may mean the package.
    boolean mayMean(LockedPackage locked) {
      return name.equals(locked.name())
          && (version == null || version.equals(locked.version()))
          && (source == null || (locked.source() != null && source.isSameSource(locked.source())));
    }
  }

  public LockedPackage {
    dependencies = List.copyOf(dependencies);
  }
}
