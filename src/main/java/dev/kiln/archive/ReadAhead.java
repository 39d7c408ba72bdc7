package dev.kiln.archive;

import dev.kiln.KilnException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Looks at the entries of directories, and reads the small files among them, on one thread while
/// another hashes or writes what came before: small files cost system calls, hashing costs a
/// processor.
///
/// At most [#BATCH] entries of a directory are read before they are wanted.
final class ReadAhead implements AutoCloseable {
  static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private static final int BATCH = 32;
  private static final int LARGEST = 1 << 16;

  private @Nullable ExecutorService reader;

  /// What a path is, and its contents where they were read already.
  static final class Loaded {
    private final PosixFileAttributes attributes;
    private final byte @Nullable [] contents;

    private Loaded(PosixFileAttributes attributes, byte @Nullable [] contents) {
      this.attributes = attributes;
      this.contents = contents;
    }

    PosixFileAttributes attributes() {
      return attributes;
    }

    byte @Nullable [] contents() {
      return contents;
    }
  }

  static Loaded look(Path path) throws IOException {
    return new Loaded(
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS), null);
  }

  /// Returns what the paths are, in their order, reading ahead where there are several.
  Entries entries(List<Path> paths) {
    return new Entries(paths);
  }

  private static Loaded load(Path path) throws IOException, KilnException {
    var looked = look(path);
    var size = looked.attributes().size();
    if (!looked.attributes().isRegularFile() || size == 0 || size > LARGEST) {
      return looked;
    }
    var contents = ByteBuffer.allocate((int) size);
    try (var file = FileChannel.open(path, READ)) {
      while (contents.hasRemaining()) {
        if (file.read(contents) < 0) {
          throw new KilnException(path + " became shorter while it was read");
        }
      }
    }
    return new Loaded(looked.attributes(), contents.array());
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.shutdownNow();
    }
  }

  /// The entries of one directory.
  final class Entries {
    private final List<Path> paths;
    private List<Loaded> batch = List.of();
    private int batchStart;
    private @Nullable Future<List<Loaded>> next;

    private Entries(List<Path> paths) {
      this.paths = paths;
    }

    /// Takes the entry of an index; indices must ascend one by one.
    Loaded take(int index) throws IOException, KilnException {
      if (paths.size() == 1) {
        return look(paths.getFirst());
      }
      if (index == batchStart + batch.size()) {
        batch = next == null ? loadAll(index) : await(next);
        batchStart = index;
        var following = index + batch.size();
        next = following < paths.size() ? executor().submit(() -> loadAll(following)) : null;
      }
      return batch.get(index - batchStart);
    }

    private List<Loaded> loadAll(int from) throws IOException, KilnException {
      var loaded = new ArrayList<Loaded>(BATCH);
      for (var path : paths.subList(from, Math.min(from + BATCH, paths.size()))) {
        loaded.add(load(path));
      }
      return loaded;
    }
  }

  private ExecutorService executor() {
    if (reader == null) {
      reader = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    }
    return reader;
  }

  private static List<Loaded> await(Future<List<Loaded>> future) throws IOException, KilnException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted while reading").initCause(e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failed -> throw failed;
        case KilnException failed -> throw failed;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
