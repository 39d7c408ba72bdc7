package dev.kiln.digest;

import java.util.Arrays;
import java.util.Optional;

/// The hash algorithms that Nix knows, by Nix's names (nix-store.md §1.1).
public enum HashAlgorithm {
  MD5("md5", "MD5", 16),
  SHA1("sha1", "SHA-1", 20),
  SHA256("sha256", "SHA-256", 32),
  SHA512("sha512", "SHA-512", 64);

  private final String nixName;
  private final String jcaName;
  private final int size;

  HashAlgorithm(String nixName, String jcaName, int size) {
    this.nixName = nixName;
    this.jcaName = jcaName;
    this.size = size;
  }

  /// Returns the algorithm that Nix calls so.
  public static Optional<HashAlgorithm> find(String nixName) {
    return Arrays.stream(values()).filter(a -> a.nixName.equals(nixName)).findFirst();
  }

  /// Returns Nix's name: `sha256`.
  public String nixName() {
    return nixName;
  }

  /// Returns the name for `MessageDigest.getInstance`.
  public String jcaName() {
    return jcaName;
  }

  /// Returns the digest's length in bytes.
  public int size() {
    return size;
  }
}
