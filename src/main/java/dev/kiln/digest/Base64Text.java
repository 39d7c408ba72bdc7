package dev.kiln.digest;

import java.util.Base64;
import java.util.Optional;

/// Reads base64 as leniently as Nix: it ends at the first `=`, and line feeds do not count
/// (nix-store.md §1.1; Nix: `base64Decode`).
public final class Base64Text {
  private Base64Text() {}

  /// Returns the bytes that a text stands for, nothing where a character is not in the alphabet.
  public static Optional<byte[]> decode(String text) {
    var end = text.indexOf('=');
    var digits = (end < 0 ? text : text.substring(0, end)).replace("\n", "");
    try {
      return Optional.of(Base64.getDecoder().decode(digits));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
