package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;

/// What a store path's digest was made from, where that is its contents (nix-store.md §2.3): `ca`
/// in records, narinfo and JSON.
public record ContentAddress(Method method, Digest hash) {

  /// How the contents became bytes to hash.
  public enum Method {
    /// A text object: the contents of a file without an executable bit.
    TEXT("text:"),
    /// The contents of one file.
    FLAT("fixed:"),
    /// The NAR, modulo references to itself (§2.4).
    NAR("fixed:r:");

    private final String prefix;

    Method(String prefix) {
      this.prefix = prefix;
    }
  }

  public ContentAddress {
    if (method == Method.TEXT && hash.algorithm() != HashAlgorithm.SHA256) {
      throw new IllegalArgumentException("text objects are hashed by SHA-256");
    }
  }

  /// Reads `text:sha256:…`, `fixed:ALGORITHM:…` or `fixed:r:ALGORITHM:…`, the hash in any encoding.
  public static ContentAddress parse(String text) throws KilnException {
    for (var method : new Method[] {Method.TEXT, Method.NAR, Method.FLAT}) {
      if (text.startsWith(method.prefix)) {
        var expected = method == Method.TEXT ? HashAlgorithm.SHA256 : null;
        var hash = text.substring(method.prefix.length());
        if (!hash.contains(":")) {
          break;
        }
        return new ContentAddress(method, Digest.parse(hash, expected));
      }
    }
    throw new KilnException("'" + text + "' is no content address");
  }

  /// Returns the form that Nix writes, the hash in Nix base32.
  @Override
  public String toString() {
    return method.prefix + hash.prefixedNix32();
  }
}
