package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.archive.FileNames;
import dev.kiln.archive.NarHash;
import dev.kiln.archive.NarWriter;
import dev.kiln.archive.Trees;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Brings objects into their places: protect, look, lock, look again, move, register (nix-store.md
/// §10). Killed at any point it leaves something that is not valid and is collected.
final class Installer {
  /// Files up to this size are added from memory.
  private static final int SMALL = 1 << 20;

  private static final long PAUSE_NANOSECONDS = 10_000_000;

  private final Store store;
  private final StoreLayout layout;
  private final StoreProcess process;
  private final Set<Boolean> keptModes = ConcurrentHashMap.newKeySet();

  /// An object that is one file, and is to come into the store.
  record NewFile(PathInfo info, ByteString contents, boolean executable) {}

  Installer(Store store, StoreLayout layout, StoreProcess process) {
    this.store = store;
    this.layout = layout;
    this.process = process;
  }

  StorePath adopt(String name, Path staged, SortedSet<StorePath> references)
      throws IOException, KilnException {
    StorePath.checkName(name);
    Canonical.apply(staged, process.keepsAttributes());
    var nar = NarWriter.hash(staged);
    var address = new ContentAddress(ContentAddress.Method.NAR, nar.hash());
    var path = StorePaths.contentAddressed(store.storeDir(), name, address, references, false);
    install(info(path, nar, references, address), staged);
    return path;
  }

  private static PathInfo info(
      StorePath path, NarHash nar, SortedSet<StorePath> references, ContentAddress address) {
    return new PathInfo(
        path,
        nar.hash(),
        nar.size(),
        references,
        null,
        Instant.EPOCH,
        false,
        List.of(),
        address.toString());
  }

  StorePath addTree(String name, Path tree, SortedSet<StorePath> references)
      throws IOException, KilnException {
    var file = readSmall(name, tree, references);
    if (file != null) {
      installFile(file);
      return file.info.path();
    }
    var hash = NarWriter.hash(tree).hash();
    var path = StorePaths.source(store.storeDir(), name, hash, references, false);
    process.protect(List.of(path));
    if (store.isValid(path)) {
      return path;
    }
    var staging = process.newStaging();
    try {
      var copy = staging.resolve("x");
      copy(tree, copy);
      return adopt(name, copy, references);
    } finally {
      Trees.delete(staging);
    }
  }

  /// Returns the object that a small file becomes; null for any other tree.
  @Nullable NewFile readSmall(String name, Path tree, SortedSet<StorePath> references)
      throws IOException, KilnException {
    StorePath.checkName(name);
    var attributes =
        Files.readAttributes(tree, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile() || attributes.size() > SMALL) {
      return null;
    }
    var executable = attributes.permissions().contains(PosixFilePermission.OWNER_EXECUTE);
    var contents = Files.readAllBytes(tree);
    var nar = nar(contents, executable);
    var address = new ContentAddress(ContentAddress.Method.NAR, nar.hash());
    var path = StorePaths.contentAddressed(store.storeDir(), name, address, references, false);
    return new NewFile(info(path, nar, references, address), ByteString.of(contents), executable);
  }

  private static NarHash nar(byte[] contents, boolean executable) {
    var nar = NarWriter.ofFile(contents, executable);
    return new NarHash(Digest.sha256(nar), nar.length);
  }

  static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, LinkOption.NOFOLLOW_LINKS);
    if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      Canonical.unseal(to);
      try (var children = Files.newDirectoryStream(from)) {
        for (var child : children) {
          copy(child, FileNames.resolve(to, FileNames.name(child)));
        }
      }
    }
  }

  StorePath addText(String name, byte[] contents, SortedSet<StorePath> references)
      throws IOException, KilnException {
    var address = new ContentAddress(ContentAddress.Method.TEXT, Digest.sha256(contents));
    var path = StorePaths.text(store.storeDir(), name, contents, references);
    var info = info(path, nar(contents, false), references, address);
    installFile(new NewFile(info, ByteString.of(contents), false));
    return path;
  }

  /// Moves a canonical tree to its place and registers it, unless it is valid already; then the
  /// tree is dropped.
  void install(PathInfo info, Path staged) throws IOException, KilnException {
    if (!register(info, place -> place(staged, place))) {
      Trees.delete(staged);
    }
  }

  /// Writes an object that is one file and registers it, unless it is valid already. It needs no
  /// other name first: what lies in its place is no object before it is registered.
  private void installFile(NewFile file) throws IOException, KilnException {
    var _ = register(file.info, place -> write(file, place));
  }

  private void write(NewFile file, Path place) throws IOException {
    Canonical.write(place, file.contents, file.executable, keptModes);
  }

  /// Does the same for many, with one protection, one lock and one announcement for all. Where some
  /// other object is locked they come one by one.
  void installFiles(List<NewFile> files) throws IOException, KilnException {
    process.commits.check();
    var kept = new ArrayList<StorePath>();
    for (var file : files) {
      kept.addAll(file.info.references());
      kept.add(file.info.path());
    }
    process.protect(kept);
    var left = new ArrayList<NewFile>();
    var locks = process.locks.tryAcquireObjects();
    if (locks.isEmpty()) {
      left.addAll(files);
    } else {
      try (var _ = locks.get()) {
        left.addAll(registerAll(files));
      }
    }
    for (var file : left) {
      installFile(file);
    }
  }

  /// Registers files while their places are locked; returns those that another process has in
  /// place.
  private List<NewFile> registerAll(List<NewFile> files) throws IOException, KilnException {
    var placed = new ArrayList<CommitQueue.Entry>();
    var left = new ArrayList<NewFile>();
    var now = now();
    try {
      for (var file : files) {
        var record = layout.info(file.info.path());
        if (process.pendingInfos.containsKey(file.info.path()) || Files.exists(record)) {
          continue;
        }
        checkReferences(file.info);
        if (place(file.info.path(), place -> write(file, place))) {
          placed.add(pending(file.info.withRegistered(now), record, () -> {}));
        } else {
          left.add(file);
        }
      }
    } finally {
      process.commits.submit(placed);
    }
    return left;
  }

  /// Brings an object to its place, where something may lie already.
  private interface Placing {
    void to(Path place) throws IOException;
  }

  /// Answers whether the path was not valid before.
  private boolean register(PathInfo info, Placing placing) throws IOException, KilnException {
    var path = info.path();
    process.commits.check();
    var kept = new ArrayList<>(info.references());
    kept.add(path);
    process.protect(kept);
    if (store.isValid(path)) {
      return false;
    }
    checkReferences(info);
    while (true) {
      try (var _ = lock(path)) {
        if (store.isValid(path)) {
          return false;
        }
        if (place(path, placing)) {
          submit(info);
          return true;
        }
      }
      LockSupport.parkNanos(PAUSE_NANOSECONDS);
    }
  }

  private void checkReferences(PathInfo info) throws KilnException {
    for (var reference : info.references()) {
      if (!reference.equals(info.path()) && !store.isValid(reference)) {
        throw new KilnException(
            "%s refers to %s, which is not valid in the store at %s"
                .formatted(info.path(), reference, layout.root()),
            "add that one first");
      }
    }
  }

  /// Answers false where another process has just brought the object: it will be valid soon.
  private boolean place(StorePath path, Placing placing) throws IOException {
    var place = layout.object(path);
    try {
      placing.to(place);
    } catch (FileAlreadyExistsException e) {
      if (process.isAnnounced(path)) {
        return false;
      }
      clear(place);
      placing.to(place);
    }
    return true;
  }

  private RangeLocks.Held lock(StorePath path) throws IOException, KilnException {
    try {
      return process.locks.acquire(RangeLocks.place(RangeLocks.Kind.OBJECT, path), () -> {});
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KilnException("interrupted while adding " + path);
    }
  }

  /// Takes away what lies in an object's place and is none.
  private void clear(Path place) throws IOException {
    var aside = process.newScratch();
    Canonical.unseal(place);
    Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE);
    Trees.delete(aside);
  }

  private static void place(Path staged, Path place) throws IOException {
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(place.toString());
    }
    Files.move(staged, place, StandardCopyOption.ATOMIC_MOVE);
    Canonical.seal(place);
  }

  /// Registers an object that lies in its place: valid for this process at once, for others when
  /// its record is written.
  private void submit(PathInfo given) throws IOException {
    submit(given.withRegistered(now()), () -> {});
  }

  private void submit(PathInfo info, Runnable then) throws IOException {
    process.commits.submit(List.of(pending(info, layout.info(info.path()), then)));
  }

  /// Returns the present second by the clock of the store's file system.
  private Instant now() throws IOException {
    var touched = Files.getLastModifiedTime(layout.objects()).toInstant();
    return Instant.ofEpochSecond(touched.getEpochSecond());
  }

  /// Makes a path valid for this process; returns what makes it so for others.
  @SuppressWarnings("ReferenceEquality") // a record's own equality is linked anew at each start
  private CommitQueue.Entry pending(PathInfo info, Path record, Runnable then) {
    var path = info.path();
    process.pendingInfos.put(path, info);
    var text = PathRecords.write(store.storeDir(), info);
    return new CommitQueue.Entry(
        List.of(new RecordFiles.Record(record, text)),
        () -> {
          process.pendingInfos.computeIfPresent(path, (_, now) -> now == info ? null : now);
          then.run();
        });
  }

  /// Exchanges a valid path's damaged tree for a good one.
  void replace(PathInfo info, Path staged) throws IOException, KilnException {
    process.commits.flush();
    try (var _ = lock(info.path())) {
      var place = layout.object(info.path());
      if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
        clear(place);
      }
      place(staged, place);
      submit(info);
    }
    process.commits.flush();
  }

  /// Writes a valid path's record anew, such as with another signature.
  void update(PathInfo info) throws IOException, KilnException {
    process.protect(List.of(info.path()));
    process.commits.flush();
    var held = lock(info.path());
    submit(info, held::close);
  }
}
