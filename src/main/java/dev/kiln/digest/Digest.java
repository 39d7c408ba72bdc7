package dev.kiln.digest;

import dev.kiln.KilnException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The hash of some bytes, with its algorithm.
public final class Digest {
  /// Looking for an algorithm takes longer than hashing a small text.
  private static final ThreadLocal<MessageDigest> SHA256 =
      ThreadLocal.withInitial(() -> messageDigest(HashAlgorithm.SHA256));

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
    return new Digest(HashAlgorithm.SHA256, SHA256.get().digest(contents));
  }

  /// Reads a digest in any form that Nix knows: bare, `sha256:…` or SRI; the encoding of the first
  /// two follows from the length (Nix: `parseAnyHelper`).
  ///
  /// `expected` is the algorithm that the context asks for, or null where the text must name it.
  public static Digest parse(String text, @Nullable HashAlgorithm expected) throws KilnException {
    var colon = text.indexOf(':');
    var separator = colon >= 0 ? colon : text.indexOf('-');
    var named = separator < 0 ? null : algorithm(text, separator);
    if (named != null && expected != null && named != expected) {
      throw malformed(text, "is no " + expected.nixName() + " hash");
    }
    var algorithm = named != null ? named : expected;
    if (algorithm == null) {
      throw malformed(text, "does not say its algorithm");
    }
    var rest = text.substring(separator + 1);
    var bytes = separator >= 0 && colon < 0 ? base64(rest) : decode(rest, algorithm.size());
    if (bytes == null || bytes.length != algorithm.size()) {
      throw malformed(text, "is no valid " + algorithm.nixName() + " hash");
    }
    return new Digest(algorithm, bytes);
  }

  private static HashAlgorithm algorithm(String text, int end) throws KilnException {
    var name = text.substring(0, end);
    return HashAlgorithm.find(name)
        .orElseThrow(() -> malformed(text, "has an unknown algorithm '" + name + "'"));
  }

  private static byte @Nullable [] decode(String text, int size) {
    if (text.length() == 2 * size) {
      return !isHex(text) ? null : HexFormat.of().parseHex(text);
    }
    if (text.length() == Base32.length(size)) {
      return Base32.decode(text, size).orElse(null);
    }
    return text.length() == (size + 2) / 3 * 4 ? base64(text) : null;
  }

  private static boolean isHex(String text) {
    return text.chars().allMatch(HexFormat::isHexDigit);
  }

  private static byte @Nullable [] base64(String text) {
    return Base64Text.decode(text).orElse(null);
  }

  private static KilnException malformed(String text, String what) {
    return new KilnException("hash '" + text + "' " + what);
  }

  /// Returns a fresh hasher.
  public static MessageDigest messageDigest(HashAlgorithm algorithm) {
    try {
      return algorithm == HashAlgorithm.SHA256
          ? PlainSha256.hasher()
          : MessageDigest.getInstance(algorithm.jcaName());
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

  /// Returns the Nix base32 text.
  public String nix32() {
    return Base32.encode(bytes);
  }

  /// Returns the base64 text, padded.
  public String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /// Returns the SRI text: `sha256-…`.
  public String sri() {
    return algorithm.nixName() + "-" + base64();
  }

  /// Returns `sha256:` and the Nix base32 text, as narinfo and content addresses have it.
  public String prefixedNix32() {
    return algorithm.nixName() + ":" + nix32();
  }

  /// Returns the bytes folded to `size` bytes by XOR, as store paths do (nix-store.md §1.3).
  public byte[] fold(int size) {
    var folded = new byte[size];
    for (var i = 0; i < bytes.length; i++) {
      folded[i % size] ^= bytes[i];
    }
    return folded;
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
