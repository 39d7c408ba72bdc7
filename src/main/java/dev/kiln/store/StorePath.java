package dev.kiln.store;

/// The base name of a store object, `DIGEST-NAME`, without a store directory (nix-store.md §2.1):
/// 32 characters of Nix base32 for 20 bytes, a dash, and a name.
///
/// Ordered by its characters, all ASCII, as Nix sorts references.
public record StorePath(String baseName) implements Comparable<StorePath> {
  /// Returns the 32 characters before the dash.
  public String hashPart() {
    return baseName.substring(0, 32);
  }

  /// Returns what follows the dash.
  public String name() {
    return baseName.substring(33);
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
