package dev.kiln.digest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Nix's base32 (nix-store.md §1.2): the bytes are one little-endian number, written with its
/// highest digit first in an alphabet without `e o t u`.
public final class Base32 {
  private static final String ALPHABET = "0123456789abcdfghijklmnpqrsvwxyz";

  private static final byte[] DIGITS = ALPHABET.getBytes(StandardCharsets.ISO_8859_1);

  /// What each ASCII character stands for, -1 where nothing.
  private static final byte[] VALUES = values();

  private Base32() {}

  /// Returns how many characters `size` bytes have.
  public static int length(int size) {
    return (size * 8 + 4) / 5;
  }

  public static String encode(byte[] bytes) {
    var text = new byte[length(bytes.length)];
    var place = text.length;
    var bits = 0;
    var count = 0;
    for (var b : bytes) {
      bits |= (b & 0xff) << count;
      for (count += 8; count >= 5; count -= 5) {
        text[--place] = DIGITS[bits & 31];
        bits >>>= 5;
      }
    }
    if (place > 0) {
      text[0] = DIGITS[bits];
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /// Returns the `size` bytes that a text stands for; nothing where the length is another, a
  /// character is not in the alphabet, or the number does not fit.
  public static Optional<byte[]> decode(String text, int size) {
    if (text.length() != length(size)) {
      return Optional.empty();
    }
    var bytes = new byte[size];
    for (var i = 0; i < text.length(); i++) {
      var value = value(text.charAt(i));
      var bit = (text.length() - 1 - i) * 5;
      if (value < 0) {
        return Optional.empty();
      }
      bytes[bit / 8] |= (byte) (value << (bit % 8));
      var carry = value >>> (8 - bit % 8);
      if (bit / 8 + 1 < size) {
        bytes[bit / 8 + 1] |= (byte) carry;
      } else if (carry != 0) {
        return Optional.empty();
      }
    }
    return Optional.of(bytes);
  }

  /// Answers whether the first `length` characters are in the alphabet.
  public static boolean isBase32(String text, int length) {
    for (var i = 0; i < length; i++) {
      if (value(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  private static int value(char c) {
    return c < VALUES.length ? VALUES[c] : -1;
  }

  private static byte[] values() {
    var values = new byte[128];
    Arrays.fill(values, (byte) -1);
    for (var i = 0; i < ALPHABET.length(); i++) {
      values[ALPHABET.charAt(i)] = (byte) i;
    }
    return values;
  }
}
