package dev.kiln.digest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// The hash of some bytes, with its algorithm.
public final class Digest {
  private final HashAlgorithm algorithm;
  private final byte[] bytes;

  public Digest(HashAlgorithm algorithm, byte[] bytes) {
    this.algorithm = algorithm;
    this.bytes = bytes.clone();
    if (bytes.length != algorithm.size()) {
      throw new IllegalArgumentException(
          algorithm.nixName() + " has " + algorithm.size() + " bytes");
    }
  }

  /// Returns the SHA-256 of some bytes.
  public static Digest sha256(byte[] contents) {
    return new Digest(HashAlgorithm.SHA256, messageDigest(HashAlgorithm.SHA256).digest(contents));
  }

  /// Returns a fresh hasher.
  public static MessageDigest messageDigest(HashAlgorithm algorithm) {
    try {
      return MessageDigest.getInstance(algorithm.jcaName());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm.jcaName(), e);
    }
  }

  public HashAlgorithm algorithm() {
    return algorithm;
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  /// Returns the lower-case base16 text.
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that
        && algorithm == that.algorithm
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return algorithm.nixName() + ":" + hex();
  }
}
