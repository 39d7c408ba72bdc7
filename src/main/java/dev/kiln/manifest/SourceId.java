package dev.kiln.manifest;

import org.jspecify.annotations.Nullable;

/// Where a package comes from, as Cargo's source id: the identity, not the place that source
/// replacement may put it at (Cargo: sources/source_id.rs).
///
/// `url` is without the kind's prefix: `file:///work/app` for a path, the index URL for a registry
/// (a sparse one starts with `sparse+`), the repository for git. `precise` is the locked commit.
public record SourceId(
    Kind kind, String url, @Nullable GitReference reference, @Nullable String precise)
    implements Comparable<SourceId> {

  /// The name of the registry that Cargo calls `crates-io`; its index is derived from it here only.
  private static final String CRATES_IO_NAME = "crates.io";

  /// The registry that Cargo calls `crates-io`, as lock files name it: an identity, not a place.
  public static final SourceId CRATES_IO =
      registry("https://github.com/rust-lang/" + CRATES_IO_NAME + "-index");

  /// The kinds of sources that a package id can name.
  public enum Kind {
    PATH,
    REGISTRY,
    GIT
  }

  /// What a git dependency follows; the default branch where there is none.
  public record GitReference(Type type, String name) {
    /// The three keys that a manifest may give.
    public enum Type {
      BRANCH,
      TAG,
      REV
    }
  }

  /// Returns the source of a directory given by its `file://` URL.
  public static SourceId path(String fileUrl) {
    return new SourceId(Kind.PATH, fileUrl, null, null);
  }

  /// Returns the source of a registry given by its index URL.
  public static SourceId registry(String url) {
    return new SourceId(Kind.REGISTRY, url, null, null);
  }

  public boolean isPath() {
    return kind == Kind.PATH;
  }

  public boolean isRegistry() {
    return kind == Kind.REGISTRY;
  }

  /// Says whether this is crates.io, by either of its two names.
  public boolean isCratesIo() {
    return equals(CRATES_IO) || (isRegistry() && url.equals(sparseCratesIo()));
  }

  /// Returns the URL of a registry's index, that of crates.io being its sparse one (`sparse+…`).
  public String indexUrl() {
    return equals(CRATES_IO) ? sparseCratesIo() : url;
  }

  private static String sparseCratesIo() {
    return "sparse+https://index." + CRATES_IO_NAME + "/";
  }

  public boolean isGit() {
    return kind == Kind.GIT;
  }

  /// Returns Cargo's text: `registry+URL`, `sparse+URL`, `path+URL`, `git+URL?rev=R#COMMIT`.
  @Override
  public String toString() {
    return switch (kind) {
      case PATH -> "path+" + url;
      case REGISTRY -> url.startsWith("sparse+") ? url : "registry+" + url;
      case GIT -> withoutPrecise() + (precise == null ? "" : "#" + precise);
    };
  }

  /// Returns the text without the locked commit.
  public String withoutPrecise() {
    if (kind != Kind.GIT) {
      return toString();
    }
    var query =
        reference == null
            ? ""
            : "?"
                + switch (reference.type()) {
                  case BRANCH -> "branch=";
                  case TAG -> "tag=";
                  case REV -> "rev=";
                }
                + reference.name();
    return "git+" + url + query;
  }

  @Override
  public int compareTo(SourceId other) {
    return toString().compareTo(other.toString());
  }
}
