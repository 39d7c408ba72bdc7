package dev.kiln.fetch;

import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.SourceId.GitReference;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A place that packages are had from, after source replacement (Cargo: sources/mod.rs). A
/// package's identity stays that of the source that its lock entry names.
public sealed interface Source {
  /// A registry whose index is served over HTTP; `index` ends with a slash.
  record Sparse(String index) implements Source {}

  /// A registry whose index is a git repository.
  record GitIndex(String index) implements Source {}

  /// A directory with an `index` and `.crate` files.
  record Local(Path root) implements Source {}

  /// A directory of unpacked packages, as `cargo vendor` makes it.
  record Directory(Path root) implements Source {}

  /// A git repository at what a dependency follows; null is the default branch.
  record Git(String url, @Nullable GitReference reference) implements Source {}

  /// A directory of the user's own, which is never fetched.
  record PathSource(String url) implements Source {}

  /// Returns the place that a source id names by itself.
  static Source of(SourceId id) {
    return switch (id.kind()) {
      case PATH -> new PathSource(id.url());
      case GIT -> new Git(id.url(), id.reference());
      case REGISTRY -> registry(id.indexUrl());
    };
  }

  /// Returns a registry by its index URL, a sparse one's with `sparse+` before it.
  static Source registry(String url) {
    if (!url.startsWith("sparse+")) {
      return new GitIndex(url);
    }
    var index = url.substring("sparse+".length());
    return new Sparse(index.endsWith("/") ? index : index + "/");
  }

  /// Says whether the source can tell a package's checksum (Cargo: `supports_checksums`).
  default boolean hasChecksums() {
    return !(this instanceof Git) && !(this instanceof PathSource);
  }

  /// Returns words for messages.
  default String described() {
    return switch (this) {
      case Sparse sparse -> "the registry at " + sparse.index();
      case GitIndex registry -> "the registry at " + registry.index();
      case Local local -> "the local registry " + local.root();
      case Directory directory -> "the directory " + directory.root();
      case Git git -> "the git repository " + git.url();
      case PathSource path -> path.url();
    };
  }
}
