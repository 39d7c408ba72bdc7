package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.store.PathInfo;
import dev.kiln.store.Store;
import dev.kiln.store.Verifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Makes damaged objects again: from binary caches that have the same contents, else by building
/// their derivers (nix-store.md §13).
public final class RepairOperation {
  private final Store store;
  private final RealiseOperation realise;
  private final List<FileCacheOperation> caches;
  private final RealiseListener said;

  public RepairOperation(
      Store store,
      RealiseOperation realise,
      List<FileCacheOperation> caches,
      RealiseListener said) {
    this.store = store;
    this.caches = List.copyOf(caches);
    this.realise = realise;
    this.said = said;
  }

  /// Returns what a [Verifier] asks for a good copy of a path.
  public Verifier.Remaker remaker() {
    return this::remake;
  }

  private Optional<Path> remake(PathInfo info) throws KilnException, InterruptedException {
    for (var cache : caches) {
      try {
        var copy = cache.findCopy(info);
        if (copy.isPresent()) {
          said.say("copying path '" + store.storeDir().resolve(info.path()) + "'...");
          return copy;
        }
      } catch (IOException | KilnException e) {
        said.say("warning: " + e.getMessage());
      }
    }
    var deriver = info.deriver();
    if (deriver == null || !store.isValid(deriver)) {
      return Optional.empty();
    }
    said.say("repairing outputs of '" + store.storeDir().resolve(deriver) + "'...");
    return Optional.ofNullable(realise.remake(deriver).get(info.path()));
  }
}
