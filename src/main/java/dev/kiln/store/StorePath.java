package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.digest.Base32;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The base name of a store object, `DIGEST-NAME`, without a store directory (nix-store.md §2.1):
/// 32 characters of Nix base32 for 20 bytes, a dash, and a name.
///
/// Ordered by its characters, all ASCII, as Nix sorts references.
public record StorePath(String baseName) implements Comparable<StorePath> {
  private static final int HASH_PART = 32;
  private static final int LONGEST_NAME = 211;
  private static final String DERIVATION = ".drv";

  public StorePath {
    var fault = fault(baseName);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
  }

  /// Reads a base name from outside.
  public static StorePath parse(String baseName) throws KilnException {
    try {
      return new StorePath(baseName);
    } catch (IllegalArgumentException e) {
      throw new KilnException(fault(baseName));
    }
  }

  /// Returns the store path of a base name, nothing where it is none.
  static Optional<StorePath> find(String baseName) {
    return fault(baseName).isEmpty() ? Optional.of(new StorePath(baseName)) : Optional.empty();
  }

  /// Refuses what may not be the name of a store object: 1 to 211 characters of
  /// `[0-9a-zA-Z+-._?=]`, neither `.` nor `..` nor beginning with `.-` or `..-` (Nix:
  /// `path-regex.hh`).
  public static void checkName(String name) throws KilnException {
    var fault = nameFault(name);
    if (!fault.isEmpty()) {
      throw new KilnException(
          fault, "choose a name of letters, digits and + - . _ ? =, at most 211 characters long");
    }
  }

  private static String fault(String baseName) {
    if (baseName.length() <= HASH_PART
        || baseName.charAt(HASH_PART) != '-'
        || !Base32.isBase32(baseName, HASH_PART)) {
      return "'" + baseName + "' does not begin with a store path's hash";
    }
    return isPlain(baseName) ? "" : nameFault(baseName.substring(HASH_PART + 1));
  }

  /// Answers whether the name after the hash is one of those that need no closer look: nearly all.
  private static boolean isPlain(String baseName) {
    var start = HASH_PART + 1;
    if (baseName.length() == start
        || baseName.length() > start + LONGEST_NAME
        || baseName.charAt(start) == '.') {
      return false;
    }
    for (var i = start; i < baseName.length(); i++) {
      if (!isNameCharacter(baseName.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static String nameFault(String name) {
    if (name.isEmpty()) {
      return "the name of a store path is empty";
    }
    if (name.length() > LONGEST_NAME) {
      return "'" + name + "' is too long for the name of a store path";
    }
    if (!name.chars().allMatch(StorePath::isNameCharacter)) {
      return "'" + name + "' has a character that the name of a store path may not have";
    }
    var stem = name.contains("-") ? name.substring(0, name.indexOf('-')) : name;
    if (stem.equals(".") || stem.equals("..")) {
      return "'" + name + "' may not be the name of a store path";
    }
    return "";
  }

  private static boolean isNameCharacter(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || "+-._?=".indexOf(c) >= 0;
  }

  /// Returns the 32 characters before the dash.
  public String hashPart() {
    return baseName.substring(0, HASH_PART);
  }

  /// Returns what follows the dash.
  public String name() {
    return baseName.substring(HASH_PART + 1);
  }

  /// Answers whether the name marks a derivation.
  public boolean isDerivation() {
    return baseName.endsWith(DERIVATION);
  }

  // A record's own methods are linked anew at each start, which takes longer than most commands.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StorePath that && baseName.equals(that.baseName);
  }

  @Override
  public int hashCode() {
    return baseName.hashCode();
  }

  @Override
  public int compareTo(StorePath other) {
    return baseName.compareTo(other.baseName);
  }

  @Override
  public String toString() {
    return baseName;
  }
}
