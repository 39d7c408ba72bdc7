package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.store.Store;
import dev.kiln.store.StoreGraph;
import dev.kiln.store.StorePath;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// What realising derivations would build (Nix: `queryMissing`).
public final class MissingOutputs {
  private MissingOutputs() {}

  /// Returns the derivations that would be built for these, dependencies first. Of a derivation
  /// with an output that is not valid, or not known yet, all inputs are asked for too.
  public static List<StorePath> derivations(Store store, Collection<StorePath> wanted)
      throws KilnException {
    var built = new TreeSet<StorePath>();
    var seen = new TreeSet<>(wanted);
    var open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      var path = open.pop();
      var derivation = DerivationFiles.read(store, path);
      var isMissing =
          DerivationFiles.validOutputs(store, path).size() < derivation.outputs().size();
      if (isMissing) {
        built.add(path);
        for (var input : derivation.inputDerivations().keySet()) {
          if (seen.add(input)) {
            open.push(input);
          }
        }
      }
    }
    return new StoreGraph(store).sorted(built);
  }
}
