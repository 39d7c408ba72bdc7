package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.archive.NarContents;
import dev.kiln.archive.NarEntry;
import dev.kiln.archive.NarWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/// A store: immutable objects below `PHYSICAL/store`, and records of what is valid beside them
/// (design D4, D11). Any number of processes may share one.
public final class Store {
  private final StoreLayout layout;
  private final StoreDir logical;
  private final StoreProcess process;
  private final Installer installer;
  private final Roots roots;

  private Store(StoreLayout layout, StoreDir logical) {
    this.layout = layout;
    this.logical = logical;
    this.process = StoreProcess.of(layout);
    this.installer = new Installer(this, layout, process);
    this.roots = new Roots(layout, process);
  }

  /// Opens the store at a physical root, making it where it is absent; scans nothing.
  ///
  /// Throws where the directory cannot be written, or was made for another logical directory or by
  /// a newer kiln.
  public static Store open(Path root, StoreDir logical) throws KilnException {
    if (!StoreStamp.raise(new StoreLayout(root), logical)) {
      StoreStamp.create(new StoreLayout(root), logical);
    }
    var store = openForReading(root, logical);
    for (var written : List.of(root, store.layout.objects(), store.layout.infos())) {
      if (!Files.isWritable(written) && Files.notExists(written)) {
        StoreStamp.mend(store.layout);
      }
      if (!Files.isWritable(written)) {
        throw new KilnException(
            "the store at " + root + " cannot be written: " + written + " is read-only",
            "check who owns it, or choose another store with --store DIR or KILN_STORE");
      }
    }
    return store;
  }

  /// Opens an existing store for questions only: it may lie where nobody can write.
  public static Store openForReading(Path root, StoreDir logical) throws KilnException {
    if (!StoreStamp.check(new StoreLayout(root), logical)) {
      throw new KilnException("there is no store at " + root, "build or add something first");
    }
    try {
      return new Store(new StoreLayout(root.toRealPath()), logical);
    } catch (IOException e) {
      throw StoreFailure.of("cannot open the store", root, e);
    }
  }

  /// Returns the logical directory of the store at a physical root, fixed when it was made; nothing
  /// where there is no store yet.
  public static Optional<StoreDir> findStoreDir(Path root) throws KilnException {
    return StoreStamp.findLogical(new StoreLayout(root));
  }

  public StoreDir storeDir() {
    return logical;
  }

  /// Returns the physical root, which holds `store/`, the records and `tmp/`.
  public Path root() {
    return layout.root();
  }

  /// Returns the directory that objects lie in.
  public Path physicalDirectory() {
    return layout.objects();
  }

  /// Returns where the log of a derivation's last builder is, if there was one (Nix: `drvs/xx/…`).
  public Path log(StorePath derivation) {
    var name = derivation.baseName();
    return layout.logs().resolve("drvs").resolve(name.substring(0, 2)).resolve(name.substring(2));
  }

  /// Returns the logical store directory as a path, which need not exist.
  public Path logicalDirectory() {
    return layout.root().getFileSystem().getPath(logical.path());
  }

  /// Returns where an object lies, valid or not.
  public Path physical(StorePath path) {
    return layout.object(path);
  }

  public boolean isValid(StorePath path) throws KilnException {
    return process.pendingInfos.containsKey(path) || Files.exists(layout.info(path));
  }

  public Optional<PathInfo> findInfo(StorePath path) throws KilnException {
    var pending = process.pendingInfos.get(path);
    if (pending != null) {
      return Optional.of(pending);
    }
    var file = layout.info(path);
    try {
      return Optional.of(PathRecords.read(path, RecordFiles.read(file), file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreFailure.of("cannot read the record of " + path, file, e);
    }
  }

  /// Returns what is known of a path that must be valid.
  public PathInfo requireInfo(StorePath path) throws KilnException {
    return findInfo(path)
        .orElseThrow(() -> new KilnException("path '" + logical.resolve(path) + "' is not valid"));
  }

  /// Returns the files of a valid object with their sizes and hashes, in the NAR's order: from the
  /// record that the first to ask has left.
  public List<NarEntry> files(StorePath path) throws KilnException {
    var info = requireInfo(path);
    var file = layout.fileList(path);
    try {
      return FileLists.read(Files.readAllBytes(file), file);
    } catch (NoSuchFileException e) {
      return makeFileList(info);
    } catch (IOException e) {
      throw StoreFailure.of("cannot read the list of files of " + path, file, e);
    }
  }

  private List<NarEntry> makeFileList(PathInfo info) throws KilnException {
    NarContents contents;
    try {
      contents = NarWriter.contents(physical(info.path()));
    } catch (IOException e) {
      throw StoreFailure.of("cannot read " + info.path(), physical(info.path()), e);
    }
    if (contents.narHash().equals(info.narHash()) && Files.isWritable(layout.fileLists())) {
      process.keepFileList(info.path(), contents.entries());
    }
    return contents.entries();
  }

  /// Returns every valid path. This reads a whole directory: for those who must see all.
  public SortedSet<StorePath> validPaths() throws KilnException {
    process.commits.flush();
    var paths = new TreeSet<StorePath>();
    try {
      for (var name : StoreProcess.names(layout.infos())) {
        StorePath.find(name).ifPresent(paths::add); // what else lies there is none of ours
      }
    } catch (IOException e) {
      throw StoreFailure.of("cannot list the store", layout.infos(), e);
    }
    return paths;
  }

  /// Makes an empty writable directory on the store's file system, for something that [#adopt]
  /// takes or the caller deletes; swept when its process is gone.
  public Path newStaging() throws KilnException {
    try {
      return process.newStaging();
    } catch (IOException e) {
      throw StoreFailure.of("cannot write the store", layout.root(), e);
    }
  }

  /// Moves a finished tree into the store under its content address (`source` path type: NAR,
  /// sha256, the given references): canonicalises, hashes, renames, registers. `staged` is a path
  /// below a [#newStaging] directory and is gone afterwards.
  public StorePath adopt(String name, Path staged, SortedSet<StorePath> references)
      throws KilnException {
    try {
      return installer.adopt(name, staged, references);
    } catch (IOException e) {
      throw StoreFailure.of("cannot add '" + name + "' to the store", layout.root(), e);
    }
  }

  /// Copies a tree from anywhere into the store; answers like [#adopt].
  public StorePath addTree(String name, Path tree, SortedSet<StorePath> references)
      throws KilnException {
    try {
      return installer.addTree(name, tree, references);
    } catch (IOException e) {
      throw StoreFailure.of("cannot add " + tree + " to the store", layout.root(), e);
    }
  }

  /// Copies a tree from anywhere to a name of its own in a new [#newStaging] directory.
  public Path copyToStaging(Path tree) throws KilnException {
    var copy = newStaging().resolve("x");
    try {
      Installer.copy(tree, copy);
    } catch (IOException e) {
      throw StoreFailure.of("cannot copy " + tree, layout.root(), e);
    }
    return copy;
  }

  /// Adds a text object (`text` path type), such as a derivation.
  public StorePath addText(String name, byte[] contents, SortedSet<StorePath> references)
      throws KilnException {
    try {
      return installer.addText(name, contents, references);
    } catch (IOException e) {
      throw StoreFailure.of("cannot add '" + name + "' to the store", layout.root(), e);
    }
  }

  /// Gives a tree below a [#newStaging] directory the metadata of store objects, so that it can be
  /// hashed and then [#install]ed.
  public void canonicalise(Path staged) throws KilnException {
    try {
      Canonical.apply(staged, process.keepsAttributes());
    } catch (IOException e) {
      throw StoreFailure.of("cannot canonicalise", staged, e);
    }
  }

  /// Does the same for a tree that this process unpacked: it has no extended attributes.
  public void canonicaliseUnpacked(Path staged) throws KilnException {
    try {
      Canonical.applyOwn(staged);
    } catch (IOException e) {
      throw StoreFailure.of("cannot canonicalise", staged, e);
    }
  }

  /// Moves a canonical tree into the store under a path that the caller computed, and registers it
  /// as `info` says (its time of registration apart); drops it where the path is valid already.
  public void install(PathInfo info, Path staged) throws KilnException {
    try {
      installer.install(info, staged);
    } catch (IOException e) {
      throw StoreFailure.of("cannot add " + info.path() + " to the store", layout.root(), e);
    }
  }

  /// Exchanges a valid path's damaged tree for a good one below a [#newStaging] directory.
  void replace(PathInfo info, Path staged) throws KilnException {
    try {
      installer.replace(info, staged);
    } catch (IOException e) {
      throw StoreFailure.of("cannot repair " + info.path(), layout.root(), e);
    }
  }

  /// Replaces the record of a valid path, such as with another signature.
  public void updateInfo(PathInfo info) throws KilnException {
    try {
      installer.update(info);
    } catch (IOException e) {
      throw StoreFailure.of("cannot write the record of " + info.path(), layout.root(), e);
    }
  }

  /// Returns what building a derivation gave, where its outputs are all still valid; they are then
  /// protected as by [#addTemporaryRoots].
  public Optional<RealisationRecord> findRealisation(StorePath derivation) throws KilnException {
    var record = readRealisation(derivation);
    if (record.isEmpty()) {
      return record;
    }
    var outputs = record.get().outputs().values();
    var touched = new ArrayList<>(outputs);
    touched.add(derivation);
    addTemporaryRoots(touched);
    for (var output : outputs) {
      if (!isValid(output)) {
        return Optional.empty();
      }
    }
    return record;
  }

  private Optional<RealisationRecord> readRealisation(StorePath derivation) throws KilnException {
    var pending = process.pendingRealisations.get(derivation);
    if (pending != null) {
      return Optional.of(pending);
    }
    var file = layout.realisation(derivation);
    try {
      return Optional.of(RealisationRecords.read(derivation, RecordFiles.read(file), file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreFailure.of("cannot read the realisation of " + derivation, file, e);
    }
  }

  /// Returns every realisation that is recorded. For those who must see all.
  public List<RealisationRecord> realisations() throws KilnException {
    process.commits.flush();
    var records = new ArrayList<RealisationRecord>();
    try {
      for (var name : new TreeSet<>(StoreProcess.names(layout.realisations()))) {
        var derivation = StorePath.find(name);
        if (derivation.isPresent()) {
          readRealisation(derivation.get()).ifPresent(records::add);
        }
      }
    } catch (IOException e) {
      throw StoreFailure.of("cannot list the realisations", layout.realisations(), e);
    }
    return records;
  }

  /// Records what building a derivation gave. All outputs must be valid.
  public void register(RealisationRecord record) throws KilnException {
    process.commits.check();
    for (var output : record.outputs().values()) {
      if (!isValid(output)) {
        throw new KilnException(
            "the output %s of %s is not valid".formatted(output, record.derivation()));
      }
    }
    var derivation = record.derivation();
    process.pendingRealisations.put(derivation, record);
    var place = layout.realisation(derivation);
    var written = new RecordFiles.Record(place, RealisationRecords.write(record));
    try {
      process.commits.submit(
          List.of(
              new CommitQueue.Entry(
                  List.of(written), () -> process.pendingRealisations.remove(derivation, record))));
    } catch (IOException e) {
      throw StoreFailure.of("cannot write the realisation of " + derivation, place, e);
    }
  }

  /// Takes the lock of one derivation, waiting for other processes; `waiting` is told once if so.
  public StoreLock lock(StorePath derivation, Consumer<String> waiting)
      throws KilnException, InterruptedException {
    addTemporaryRoots(List.of(derivation));
    try {
      var held =
          process.locks.acquire(
              RangeLocks.place(RangeLocks.Kind.DERIVATION, derivation),
              () -> waiting.accept("waiting for another process that builds " + derivation));
      return () -> process.commits.afterwards(held::close);
    } catch (IOException e) {
      throw StoreFailure.of("cannot lock " + derivation, layout.lock(), e);
    }
  }

  /// Protects paths from garbage collection as long as this process lives.
  public void addTemporaryRoots(Collection<StorePath> paths) throws KilnException {
    try {
      process.protect(paths);
    } catch (IOException e) {
      throw StoreFailure.of("cannot write the store", layout.root(), e);
    }
  }

  /// Writes or replaces the root record `name` (a workspace's): everything that its last builds
  /// used. `link` is where the user's out-link is, as text for people.
  public void writeRootRecord(String name, String link, SortedSet<StorePath> paths)
      throws KilnException {
    try {
      roots.writeRecord(name, link, paths);
    } catch (IOException e) {
      throw StoreFailure.of("cannot write the root record of " + name, layout.rootRecords(), e);
    }
  }

  /// Protects what a root record names as long as this process lives: a build that finds the same
  /// again has nothing left to protect.
  public void protectRootRecord(String name) throws KilnException {
    try {
      roots.protectRecord(name);
    } catch (IOException e) {
      throw StoreFailure.of("cannot read the root record of " + name, layout.rootRecords(), e);
    }
  }

  /// Drops a root record; answers whether there was one.
  public boolean dropRootRecord(String name) throws KilnException {
    try {
      return roots.dropRecord(name);
    } catch (IOException e) {
      throw StoreFailure.of("cannot drop the root record of " + name, layout.rootRecords(), e);
    }
  }

  /// Registers a symbolic link that the user keeps as an indirect root, and makes it point to the
  /// physical object.
  public void addIndirectRoot(Path link, StorePath target) throws KilnException {
    try {
      roots.addIndirect(link, target);
    } catch (IOException e) {
      throw StoreFailure.of("cannot make the link " + link, layout.root(), e);
    }
  }

  /// Waits until everything that this process added is on disk with its records. Ending the JVM
  /// does the same; a process that wants to hear of a full disk calls this.
  public void flush() throws KilnException {
    process.commits.flush();
  }

  StoreLayout layout() {
    return layout;
  }

  StoreProcess process() {
    return process;
  }

  Installer installer() {
    return installer;
  }

  Roots roots() {
    return roots;
  }
}
