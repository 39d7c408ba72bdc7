package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.archive.NarHash;
import dev.kiln.archive.NarWriter;
import dev.kiln.archive.Trees;
import dev.kiln.store.PathInfo;
import dev.kiln.store.Store;
import dev.kiln.store.StoreGraph;
import dev.kiln.store.StorePath;
import dev.kiln.store.format.Trust;
import java.io.IOException;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Copies closures from one store to another, as `nix copy` does: what nobody vouches for is
/// refused.
public final class StoreCopyOperation {
  private StoreCopyOperation() {}

  /// Answers how many paths were not there. Without `trust` signatures are not looked at.
  public static int copy(Store from, Store to, Collection<StorePath> paths, @Nullable Trust trust)
      throws KilnException, IOException {
    if (!from.storeDir().equals(to.storeDir())) {
      throw new KilnException(
          "the store at %s is for '%s', the one at %s for '%s'"
              .formatted(from.root(), from.storeDir().path(), to.root(), to.storeDir().path()),
          "store paths hold only in stores of one logical directory");
    }
    var graph = new StoreGraph(from);
    var copied = 0;
    for (var path : graph.sorted(graph.closure(paths))) {
      to.addTemporaryRoots(Set.of(path));
      if (!to.isValid(path)) {
        var info = graph.info(path);
        if (trust != null) {
          trust.check(from.storeDir(), info);
        }
        copy(from, to, info);
        copied++;
      }
    }
    to.flush();
    return copied;
  }

  private static void copy(Store from, Store to, PathInfo info) throws KilnException, IOException {
    var tree = to.copyToStaging(from.physical(info.path()));
    try {
      to.canonicalise(tree);
      if (!NarWriter.hash(tree).equals(new NarHash(info.narHash(), info.narSize()))) {
        throw new KilnException(
            "path '%s' has changed since it was registered"
                .formatted(from.storeDir().resolve(info.path())),
            "run `kiln store verify --check-contents --repair` on the store at " + from.root());
      }
      DerivationFiles.check(to, info.path().name(), tree);
      to.install(info.notUltimate(), tree);
    } finally {
      Trees.delete(Objects.requireNonNull(tree.getParent()));
    }
  }
}
