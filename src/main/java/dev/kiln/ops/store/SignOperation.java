package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.store.Store;
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
      var signature = key.sign(Trust.fingerprint(store.storeDir(), info)).toString();
      var signatures = new TreeSet<>(info.signatures());
      if (signatures.add(signature)) {
        store.updateInfo(info.withSignatures(List.copyOf(signatures)));
        added++;
      }
    }
    store.flush();
    return added;
  }
}
