package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.archive.NarWriter;
import dev.kiln.archive.Trees;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.store.ContentAddress;
import dev.kiln.store.ContentAddress.Method;
import dev.kiln.store.FileBatch;
import dev.kiln.store.PathInfo;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.store.StorePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;

/// Adds a file or tree by any content address, as `nix store add-path`, `add-file` and `nix-store
/// --add-fixed` do.
public final class AddOperation {
  private static final SortedSet<StorePath> NONE = Collections.emptySortedSet();

  private final Store store;
  private final FileBatch batch;

  public AddOperation(Store store) {
    this.store = store;
    this.batch = new FileBatch(store);
  }

  /// Adds a tree and returns its path, valid after [#finish].
  public StorePath add(String name, Path tree, Method method, HashAlgorithm algorithm)
      throws KilnException {
    if (name.endsWith(DerivationFiles.SUFFIX)) {
      batch.write(); // it is checked beside its inputs
      check(name, tree);
    }
    if (method == Method.NAR && algorithm == HashAlgorithm.SHA256) {
      return batch.addTree(name, tree);
    }
    if (method != Method.NAR && !Files.isRegularFile(tree, LinkOption.NOFOLLOW_LINKS)) {
      throw new KilnException(
          tree + " is no regular file", "only `--mode nar` adds directories and links");
    }
    try {
      if (method == Method.TEXT) {
        return store.addText(name, Files.readAllBytes(tree), NONE);
      }
      return addCopy(name, store.copyToStaging(tree), method, algorithm);
    } catch (IOException e) {
      throw new KilnException("cannot read " + tree, null, e);
    }
  }

  private void check(String name, Path tree) throws KilnException {
    try {
      DerivationFiles.check(store, name, tree);
    } catch (IOException e) {
      throw new KilnException("cannot read " + tree, null, e);
    }
  }

  /// Waits until all that was added is valid, and on disk.
  public void finish() throws KilnException {
    batch.write();
    store.flush();
  }

  private StorePath addCopy(String name, Path copy, Method method, HashAlgorithm algorithm)
      throws KilnException, IOException {
    try {
      store.canonicalise(copy);
      var address = new ContentAddress(method, hash(copy, method, algorithm));
      var path = StorePaths.contentAddressed(store.storeDir(), name, address, NONE, false);
      var nar = NarWriter.hash(copy);
      var info =
          new PathInfo(
              path,
              nar.hash(),
              nar.size(),
              NONE,
              null,
              Instant.EPOCH,
              false,
              List.of(),
              address.toString());
      store.install(info, copy);
      return path;
    } finally {
      Trees.delete(Objects.requireNonNull(copy.getParent()));
    }
  }

  static Digest hash(Path tree, Method method, HashAlgorithm algorithm) throws KilnException {
    return method == Method.NAR
        ? HashOperation.path(tree, algorithm)
        : HashOperation.file(tree, algorithm);
  }
}
