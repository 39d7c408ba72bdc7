package dev.kiln.store;

import dev.kiln.KilnException;

/// The logical store directory, such as `/kiln/store`: absolute, canonical, no trailing slash. It
/// is hashed into every path's digest (nix-store.md §2.2).
public record StoreDir(String path) {
  /// Kiln's own, which no file system needs to have.
  public static final StoreDir DEFAULT = new StoreDir("/kiln/store");

  /// Returns the full logical path of an object.
  public String resolve(StorePath object) {
    return path + "/" + object.baseName();
  }

  /// Reads the full logical path of an object, already canonical (Nix: `parseStorePathCanonical`).
  public StorePath parse(String fullPath) throws KilnException {
    if (!fullPath.startsWith(path + "/")) {
      throw new KilnException("'" + fullPath + "' is not in the store " + path);
    }
    return StorePath.parse(fullPath.substring(path.length() + 1));
  }

  /// Returns the object that a path inside the store belongs to (Nix: `toStorePath`).
  public StorePath parseInside(String fullPath) throws KilnException {
    var end = fullPath.indexOf('/', Math.min(path.length() + 1, fullPath.length()));
    return parse(end < 0 ? fullPath : fullPath.substring(0, end));
  }
}
