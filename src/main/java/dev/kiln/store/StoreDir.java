package dev.kiln.store;

/// The logical store directory, such as `/kiln/store`: absolute, canonical, no trailing slash. It
/// is hashed into every path's digest (nix-store.md §2.2).
public record StoreDir(String path) {
  /// Kiln's own, which no file system needs to have.
  public static final StoreDir DEFAULT = new StoreDir("/kiln/store");

  /// Returns the full logical path of an object.
  public String resolve(StorePath object) {
    return path + "/" + object.baseName();
  }
}
