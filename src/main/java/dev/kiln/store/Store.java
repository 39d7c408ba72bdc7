package dev.kiln.store;

import dev.kiln.KilnException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;

/// A store: immutable objects below `PHYSICAL/store`, and records of what is valid beside them
/// (design D4, D11). Any number of processes may share one.
public final class Store {
  private final Path root;
  private final StoreDir logical;

  private Store(Path root, StoreDir logical) {
    this.root = root;
    this.logical = logical;
  }

  /// Opens the store at a physical root, making it where it is absent; scans nothing.
  ///
  /// Throws where the directory cannot be written, or was made for another logical directory or by
  /// a newer kiln.
  public static Store open(Path root, StoreDir logical) throws KilnException {
    return new Store(root, logical);
  }

  public StoreDir storeDir() {
    return logical;
  }

  /// Returns the physical root, which holds `store/`, the records and `tmp/`.
  public Path root() {
    return root;
  }

  /// Returns where an object lies, valid or not.
  public Path physical(StorePath path) {
    return root.resolve("store").resolve(path.baseName());
  }

  public boolean isValid(StorePath path) throws KilnException {
    return findInfo(path).isPresent();
  }

  public Optional<PathInfo> findInfo(StorePath path) throws KilnException {
    throw new KilnException("not written yet");
  }

  /// Makes an empty writable directory on the store's file system, for something that [#adopt]
  /// takes or the caller deletes; swept when its process is gone.
  public Path newStaging() throws KilnException {
    throw new KilnException("not written yet");
  }

  /// Moves a finished tree into the store under its content address (`source` path type: NAR,
  /// sha256, the given references): canonicalises, hashes, renames, registers. `staged` is a path
  /// below a [#newStaging] directory and is gone afterwards.
  public StorePath adopt(String name, Path staged, SortedSet<StorePath> references)
      throws KilnException {
    throw new KilnException("not written yet");
  }

  /// Copies a tree from anywhere into the store; answers like [#adopt].
  public StorePath addTree(String name, Path tree, SortedSet<StorePath> references)
      throws KilnException {
    throw new KilnException("not written yet");
  }

  /// Adds a text object (`text` path type), such as a derivation.
  public StorePath addText(String name, byte[] contents, SortedSet<StorePath> references)
      throws KilnException {
    throw new KilnException("not written yet");
  }

  /// Returns what building a derivation gave, where its outputs are all still valid.
  public Optional<RealisationRecord> findRealisation(StorePath derivation) throws KilnException {
    throw new KilnException("not written yet");
  }

  /// Records what building a derivation gave. All outputs must be valid.
  public void register(RealisationRecord record) throws KilnException {
    throw new KilnException("not written yet");
  }

  /// Takes the lock of one derivation, waiting for other processes; `waiting` is told once if so.
  public AutoCloseable lock(StorePath derivation, Consumer<String> waiting)
      throws KilnException, InterruptedException {
    throw new KilnException("not written yet");
  }

  /// Protects paths from garbage collection as long as this process lives.
  public void addTemporaryRoots(Collection<StorePath> paths) throws KilnException {
    throw new KilnException("not written yet");
  }

  /// Writes or replaces the root record `name` (a workspace's): everything that its last builds
  /// used. `link` is where the user's out-link is, as text for people.
  public void writeRootRecord(String name, String link, SortedSet<StorePath> paths)
      throws KilnException {
    throw new KilnException("not written yet");
  }

  /// Drops a root record; answers whether there was one.
  public boolean dropRootRecord(String name) throws KilnException {
    throw new KilnException("not written yet");
  }

  /// Registers a symbolic link that the user keeps as an indirect root, and makes it point to the
  /// physical object.
  public void addIndirectRoot(Path link, StorePath target) throws KilnException {
    throw new KilnException("not written yet");
  }
}
