package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where a package comes from, as Cargo's source id: the identity, not the place that source
/// replacement may put it at (Cargo: sources/source_id.rs).
///
/// `url` is without the kind's prefix: `file:///home/me/app` for a path, the index URL for a
/// registry (a sparse one starts with `sparse+`), the repository for git. `precise` is the locked
/// commit.
public record SourceId(
    Kind kind, String url, @Nullable GitReference reference, @Nullable String precise)
    implements Comparable<SourceId> {

  private static final Pattern GITHUB = Pattern.compile("[a-z+]+://(?:[^/@]*@)?github\\.com(/.*)");

  /// The name of the registry that Cargo calls `crates-io`; its index is derived from it here only.
  private static final String CRATES_IO_NAME = "crates.io";

  /// The registry that Cargo calls `crates-io`, as lock files name it: an identity, not a place.
  public static final SourceId CRATES_IO =
      registry("https://github.com/rust-lang/" + CRATES_IO_NAME + "-index");

  private static final String CRATES_IO_SPARSE = "sparse+https://index." + CRATES_IO_NAME + "/";

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
      REV;

      /// Returns the key of a manifest and of a source's query.
      public String key() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /// Parses what [#toString] writes. `encoded` says that a git reference is percent-encoded, as in
  /// lock files of version 4.
  public static SourceId parse(String text, boolean encoded) throws KilnException {
    if (text.equals(CRATES_IO_SPARSE)) {
      return CRATES_IO;
    }
    if (text.startsWith("sparse+")) {
      return registry(text);
    }
    int plus = text.indexOf('+');
    var rest = text.substring(plus + 1);
    return switch (plus < 0 ? "" : text.substring(0, plus)) {
      case "registry" -> registry(rest);
      case "path" -> path(rest);
      case "git" -> git(rest, encoded);
      default -> throw new KilnException("invalid source `" + text + "`");
    };
  }

  private static SourceId git(String text, boolean encoded) {
    int hash = text.indexOf('#');
    var precise = hash < 0 ? null : text.substring(hash + 1);
    var url = hash < 0 ? text : text.substring(0, hash);
    int mark = url.indexOf('?');
    GitReference reference = null;
    if (mark >= 0) {
      for (var pair : url.substring(mark + 1).split("&", -1)) {
        for (var type : GitReference.Type.values()) {
          if (pair.startsWith(type.key() + "=")) {
            var value = pair.substring(type.key().length() + 1);
            reference =
                new GitReference(
                    type, encoded ? URLDecoder.decode(value, StandardCharsets.UTF_8) : value);
          }
        }
      }
      url = url.substring(0, mark);
    }
    return new SourceId(Kind.GIT, url, reference, precise);
  }

  /// Returns the source of a directory given by its `file://` URL.
  public static SourceId path(String fileUrl) {
    return new SourceId(Kind.PATH, fileUrl, null, null);
  }

  /// Returns the source of a package in a directory of this machine.
  public static SourceId path(Path directory) {
    return path(FileUrl.of(directory));
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

  /// Returns Cargo's words for the source: a path, a git URL with the start of its commit, or the
  /// index of a registry.
  public String described() {
    return switch (kind) {
      case PATH -> directory();
      case REGISTRY -> "registry `" + (isCratesIo() ? "crates-io" : url) + "`";
      case GIT -> {
        var commit =
            precise == null ? "" : "#" + precise.substring(0, Math.min(8, precise.length()));
        yield withoutPrecise().substring("git+".length()) + commit;
      }
    };
  }

  /// Returns the text without the locked commit.
  public String withoutPrecise() {
    if (kind != Kind.GIT) {
      return toString();
    }
    var query = reference == null ? "" : "?" + reference.type().key() + "=" + reference.name();
    return "git+" + url + query;
  }

  /// Returns the directory of a path source, as text.
  public String directory() {
    return FileUrl.toText(url);
  }

  /// Says whether both name the same source, whatever commit is locked; spellings of one URL are
  /// the same (Cargo: util/canonical_url.rs).
  public boolean isSameSource(SourceId other) {
    return kind == other.kind
        && Objects.equals(reference, other.reference)
        && (url.equals(other.url) || canonicalUrl().equals(other.canonicalUrl()));
  }

  /// Returns the URL without what makes no difference: a slash at the end, `.git`, and for GitHub
  /// the scheme and the case.
  public String canonicalUrl() {
    if (kind == Kind.PATH) {
      return url;
    }
    var canonical = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    var github = GITHUB.matcher(canonical);
    if (github.matches()) {
      canonical = "https://github.com" + github.group(1).toLowerCase(Locale.ROOT);
    }
    return canonical.endsWith(".git") ? canonical.substring(0, canonical.length() - 4) : canonical;
  }

  // written out, as in other records that are keys of large maps: what the compiler would leave to
  // the run's start to generate takes milliseconds of every command
  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof SourceId other
        && kind == other.kind
        && url.equals(other.url)
        && Objects.equals(reference, other.reference)
        && Objects.equals(precise, other.precise);
  }

  @Override
  public int hashCode() {
    return 31 * url.hashCode() + Objects.hashCode(precise);
  }

  @Override
  public int compareTo(SourceId other) {
    return equals(other) ? 0 : toString().compareTo(other.toString());
  }
}
