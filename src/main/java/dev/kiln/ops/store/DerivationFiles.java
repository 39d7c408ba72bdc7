package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.store.RealisationRecord;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.store.derivation.Derivation;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Derivations as they lie in a store.
public final class DerivationFiles {
  private DerivationFiles() {}

  /// Reads a valid derivation.
  public static Derivation read(Store store, StorePath path) throws KilnException {
    if (!path.isDerivation()) {
      throw new KilnException("'" + path + "' is no derivation: its name does not end in .drv");
    }
    store.requireInfo(path);
    try {
      var name = path.name().substring(0, path.name().length() - ".drv".length());
      return Derivation.parse(store.storeDir(), name, Files.readAllBytes(store.physical(path)));
    } catch (IOException e) {
      throw new KilnException("cannot read the derivation " + store.physical(path), null, e);
    }
  }

  /// Returns the outputs whose paths are known: from the text, else from what a build gave.
  public static SortedMap<String, StorePath> outputs(Store store, StorePath path)
      throws KilnException {
    var derivation = read(store, path);
    var outputs = new TreeMap<String, StorePath>();
    Optional<RealisationRecord> realised = Optional.empty();
    for (var output : derivation.outputs().entrySet()) {
      var known = output.getValue().findPath(store.storeDir(), derivation.name(), output.getKey());
      if (known.isPresent()) {
        outputs.put(output.getKey(), known.get());
        continue;
      }
      if (realised.isEmpty()) {
        realised = store.findRealisation(path);
      }
      realised
          .map(record -> record.outputs().get(output.getKey()))
          .ifPresent(real -> outputs.put(output.getKey(), real));
    }
    return outputs;
  }

  static SortedSet<StorePath> outputSet(Store store, StorePath path) throws KilnException {
    return new TreeSet<>(outputs(store, path).values());
  }
}
