package dev.kiln.build;

import dev.kiln.digest.Digest;
import dev.kiln.manifest.SourceId;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/// Cargo's names for the directories of registries and git checkouts below CARGO_HOME.
///
/// Since such a directory is in `file!()` and debug information, its name is Cargo's: the index's
/// host, and Cargo's stable hash of the source id (SipHash-1-3 with 128 bits over the kind's number
/// and the URL; Cargo: util/hasher.rs, sources/registry/mod.rs `short_name`).
final class SourceNames {
  private static final int REGISTRY = 2;
  private static final int SPARSE_REGISTRY = 3;

  private SourceNames() {}

  /// Returns `HOST-HASH` for a registry; crates.io is named by its sparse index, as Cargo does
  /// whatever a lock file calls it.
  static String registry(SourceId source) {
    var url = source.indexUrl();
    boolean sparse = url.startsWith("sparse+");
    var host = URI.create(sparse ? url.substring("sparse+".length()) : url).getHost();
    return (host == null ? "" : host) + "-" + hash(sparse ? SPARSE_REGISTRY : REGISTRY, url);
  }

  /// Returns `NAME-HASH/COMMIT` for a git source, the commit shortened to seven digits.
  static String git(SourceId source) {
    var url = source.url().replaceFirst("/$", "").replaceFirst("\\.git$", "");
    var name = url.substring(url.lastIndexOf('/') + 1);
    var hash = Digest.sha256(url.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 16);
    var commit = source.precise() == null ? "HEAD" : source.precise();
    return name + "-" + hash + "/" + commit.substring(0, Math.min(7, commit.length()));
  }

  private static String hash(int kind, String url) {
    var bytes = new ByteArrayOutputStream();
    bytes.write(kind);
    bytes.writeBytes(url.getBytes(StandardCharsets.UTF_8));
    bytes.write(0xff);
    long value = StableHash.of(bytes.toByteArray());
    return "%016x".formatted(Long.reverseBytes(value));
  }
}
