package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.store.PathInfo;
import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import dev.kiln.store.format.SecretKey;
import dev.kiln.store.format.Trust;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// Signs paths, as `nix store sign` does.
public final class SignOperation {
  private SignOperation() {}

  /// Adds the key's signature to each path; answers how many did not have it.
  public static int sign(Store store, Collection<StorePath> paths, SecretKey key)
      throws KilnException {
    var added = 0;
    for (var path : paths) {
      var info = store.requireInfo(path);
      var signed = signed(store.storeDir(), info, key);
      if (!info.signatures().containsAll(signed.signatures())) {
        store.updateInfo(signed);
        added++;
      }
    }
    store.flush();
    return added;
  }

  /// Returns the same with the key's signature too.
  static PathInfo signed(StoreDir store, PathInfo info, SecretKey key) {
    var signatures = new TreeSet<>(info.signatures());
    signatures.add(key.sign(Trust.fingerprint(store, info)).toString());
    return info.withSignatures(List.copyOf(signatures));
  }
}
