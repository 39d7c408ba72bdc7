package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.store.PathInfo;
import dev.kiln.store.Store;
import dev.kiln.store.Verifier;
import java.nio.file.Path;
import java.util.Optional;

/// Makes damaged objects again by building their derivers (nix-store.md §13).
public final class RepairOperation {
  private final Store store;
  private final RealiseOperation realise;
  private final RealiseListener said;

  public RepairOperation(Store store, RealiseOperation realise, RealiseListener said) {
    this.store = store;
    this.realise = realise;
    this.said = said;
  }

  /// Returns what a [Verifier] asks for a good copy of a path.
  public Verifier.Remaker remaker() {
    return this::remake;
  }

  private Optional<Path> remake(PathInfo info) throws KilnException, InterruptedException {
    var deriver = info.deriver();
    if (deriver == null || !store.isValid(deriver)) {
      return Optional.empty();
    }
    said.say("repairing outputs of '" + store.storeDir().resolve(deriver) + "'...");
    return Optional.ofNullable(realise.remake(deriver).get(info.path()));
  }
}
