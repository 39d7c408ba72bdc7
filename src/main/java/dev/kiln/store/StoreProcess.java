package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.archive.NarEntry;
import dev.kiln.archive.Trees;
import dev.kiln.digest.Base32;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What this process holds of one store: its locks, temporary roots, staging directories, and the
/// records that are on their way to disk. All [Store]s of one process at one root share it, since
/// the kernel's locks belong to processes.
///
/// Each process has a random token; its lock of the token's place tells others that it lives.
final class StoreProcess {
  private static final Map<Path, StoreProcess> PROCESSES = new ConcurrentHashMap<>();
  private static final int TOKEN_BYTES = 8;

  private final StoreLayout layout;
  private final String token;
  private final Path staging;
  private final AtomicLong counter = new AtomicLong();
  private final Set<StorePath> protectedPaths = ConcurrentHashMap.newKeySet();
  private boolean alive;
  private @Nullable FileChannel roots;
  private @Nullable Boolean attributed;

  final RangeLocks locks;
  final CollectionGate gate;
  final CommitQueue commits;
  final Map<StorePath, PathInfo> pendingInfos = new ConcurrentHashMap<>();
  final Map<StorePath, RealisationRecord> pendingRealisations = new ConcurrentHashMap<>();

  private StoreProcess(StoreLayout layout) {
    this.layout = layout;
    token = newToken();
    staging = layout.staging().resolve(token);
    locks = new RangeLocks(layout.lock());
    gate = new CollectionGate(locks);
    var files = new RecordFiles(layout.root(), this::scratch);
    commits = new CommitQueue(layout.root(), files, new Announcement(staging));
  }

  /// Returns this process's part of the store at a root, which is a real path.
  static StoreProcess of(StoreLayout layout) {
    return PROCESSES.computeIfAbsent(layout.root(), _ -> new StoreProcess(layout));
  }

  /// Makes this process known to others: its token locked, its staging directory made. Sweeps what
  /// dead processes left.
  private synchronized void live() throws IOException {
    if (alive) {
      return;
    }
    if (locks.tryAcquire(place(token)).isEmpty()) {
      throw new IOException("another process has this one's random token");
    }
    Files.createDirectories(staging);
    alive = true;
    sweep();
  }

  /// Returns a random word. It comes from the kernel: what the JDK does before its first random
  /// number takes as long as opening a store.
  static String newToken() {
    try (var random = new FileInputStream("/dev/urandom")) {
      return Base32.encode(random.readNBytes(TOKEN_BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long place(String token) {
    var bytes = Base32.decode(token, TOKEN_BYTES).orElse(new byte[TOKEN_BYTES]);
    var number = 0L;
    for (var b : bytes) {
      number = number << 8 | (b & 0xff);
    }
    return RangeLocks.place(RangeLocks.Kind.PROCESS, number);
  }

  /// Deletes staging directories and temporary roots of processes that are gone.
  private void sweep() throws IOException {
    for (var name : names(layout.staging())) {
      sweep(name, layout.staging().resolve(name));
    }
    for (var name : names(layout.temporaryRoots())) {
      sweep(name, layout.temporaryRoots().resolve(name));
    }
  }

  private void sweep(String name, Path left) throws IOException {
    if (name.equals(token)) {
      return;
    }
    var lock = locks.tryAcquire(place(name));
    if (lock.isPresent()) {
      try (var _ = lock.get()) {
        Trees.delete(left);
      }
    }
  }

  /// Answers whether another process has an object in its place and its record on the way.
  boolean isAnnounced(StorePath path) throws IOException {
    for (var name : names(layout.staging())) {
      if (!name.equals(token) && Announcement.names(layout.staging().resolve(name), path)) {
        var lock = locks.tryAcquire(place(name));
        if (lock.isEmpty()) {
          return true;
        }
        lock.get().close(); // it is gone, and what it announced is junk
      }
    }
    return false;
  }

  static List<String> names(Path directory) throws IOException {
    var names = new ArrayList<String>();
    try (var stream = Files.newDirectoryStream(directory)) {
      for (var entry : stream) {
        names.add("" + entry.getFileName());
      }
    }
    return names;
  }

  /// Makes an empty directory that is swept when this process is gone.
  Path newStaging() throws IOException {
    live();
    return Files.createDirectory(scratch());
  }

  /// Returns a fresh name on the store's file system that is swept when this process is gone.
  Path newScratch() throws IOException {
    live();
    return scratch();
  }

  /// Answers whether the store's file system keeps extended attributes.
  synchronized boolean keepsAttributes() throws IOException {
    var known = attributed;
    if (known == null) {
      known = Files.getFileStore(layout.staging()).supportsFileAttributeView("user");
      attributed = known;
    }
    return known;
  }

  /// Returns a fresh name in this process's staging directory.
  Path scratch() {
    return staging.resolve(Long.toString(counter.incrementAndGet(), 36));
  }

  /// Leaves an object's list of files for the next who asks. Collected with the object, so a
  /// failure costs no more than making it again.
  void keepFileList(StorePath path, List<NarEntry> entries) throws KilnException {
    try {
      var list = Files.write(newScratch(), FileLists.write(entries).bytes());
      Files.move(list, layout.fileList(path), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw StoreFailure.of("cannot write the list of files of " + path, layout.fileLists(), e);
    }
  }

  /// Returns a word that nobody else uses, for temporary names outside the store.
  String unique() {
    return token + "-" + counter.incrementAndGet();
  }

  /// Protects paths for as long as this process lives.
  void protect(Collection<StorePath> paths) throws IOException {
    var fresh = new ArrayList<StorePath>(paths.size());
    for (var path : paths) {
      if (!protectedPaths.contains(path)) {
        fresh.add(path);
      }
    }
    if (fresh.isEmpty()) {
      return;
    }
    live();
    var text = new StringBuilder();
    fresh.forEach(path -> text.append(path.baseName()).append('\n'));
    var line = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
    gate.protecting(() -> {
      while (line.hasRemaining()) {
        roots().write(line);
      }
    });
    protectedPaths.addAll(fresh);
  }

  /// Returns the file of this process's temporary roots, which stays open.
  private synchronized FileChannel roots() throws IOException {
    var open = roots;
    if (open == null || !open.isOpen()) {
      open =
          FileChannel.open(
              layout.temporaryRoots().resolve(token),
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
      roots = open;
    }
    return open;
  }

  /// Returns what all living processes protect.
  Set<StorePath> temporaryRoots() throws IOException {
    var roots = new TreeSet<StorePath>(protectedPaths);
    for (var name : names(layout.temporaryRoots())) {
      if (name.equals(token)) {
        continue;
      }
      var lock = locks.tryAcquire(place(name));
      if (lock.isPresent()) {
        lock.get().close();
      } else {
        readRoots(layout.temporaryRoots().resolve(name), roots);
      }
    }
    return roots;
  }

  private static void readRoots(Path file, Set<StorePath> roots) throws IOException {
    try {
      for (var line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        roots.add(StorePath.parse(line));
      }
    } catch (NoSuchFileException e) {
      return;
    } catch (KilnException e) {
      throw new IOException(file + " holds a damaged line", e);
    }
  }
}
