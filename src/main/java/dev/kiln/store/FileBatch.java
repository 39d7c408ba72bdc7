package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.store.Installer.NewFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;

/// Objects of one small file each that come into a store many at a time: most of their cost is in
/// what is done around each one. They are valid after [#write], which happens by itself now and
/// then.
public final class FileBatch {
  private static final SortedSet<StorePath> NONE = Collections.emptySortedSet();
  private static final int MOST = 64;
  private static final int MOST_BYTES = 1 << 20;

  private final Store store;
  private final List<NewFile> files = new ArrayList<>();
  private int bytes;

  public FileBatch(Store store) {
    this.store = store;
  }

  /// Takes an object whose path the caller knows.
  public void install(PathInfo info, ByteString contents, boolean executable) throws KilnException {
    take(new NewFile(info, contents, executable));
  }

  /// Adds a tree from anywhere, as [Store#addTree] does without references: a small file comes with
  /// the batch, any other tree at once.
  public StorePath addTree(String name, Path tree) throws KilnException {
    NewFile file;
    try {
      file = store.installer().readSmall(name, tree, NONE);
    } catch (IOException e) {
      throw StoreFailure.of("cannot add " + tree + " to the store", store.root(), e);
    }
    if (file == null) {
      return store.addTree(name, tree, NONE);
    }
    take(file);
    return file.info().path();
  }

  private void take(NewFile file) throws KilnException {
    files.add(file);
    bytes += file.contents().length();
    if (files.size() >= MOST || bytes >= MOST_BYTES) {
      write();
    }
  }

  /// Brings what was taken so far into the store.
  public void write() throws KilnException {
    if (files.isEmpty()) {
      return;
    }
    var taken = List.copyOf(files);
    files.clear();
    bytes = 0;
    try {
      store.installer().installFiles(taken);
    } catch (IOException e) {
      throw StoreFailure.of(
          "cannot add " + taken.getFirst().info().path() + " and what follows to the store",
          store.root(),
          e);
    }
  }
}
