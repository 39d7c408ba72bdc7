package dev.kiln.store;

import dev.kiln.digest.Base32;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Locks between processes and threads that leave no lock files behind: one byte of one file for
/// each thing that can be locked, at a place that follows from its name.
///
/// The kernel drops a process's locks when it dies, and also when it closes *any* descriptor of the
/// file: so one object of this class per process and file, which never closes it. Only `tryLock` is
/// used: it is the one call that an interrupted thread can make without closing the channel.
final class RangeLocks {
  /// Kinds of things that are locked, each with a quarter of the file's places.
  enum Kind {
    GATE(0),
    OBJECT(1),
    DERIVATION(2),
    PROCESS(3);

    private final long quarter;

    Kind(long quarter) {
      this.quarter = quarter;
    }
  }

  /// A lock that is held until it is closed, by whichever thread.
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  private static final int PLACE_BITS = 60;
  private static final long LONGEST_WAIT = 100;

  /// Stands for the places of all objects.
  private static final long OBJECTS = -1;

  private final Path file;
  private final ReentrantLock table = new ReentrantLock();
  private final Condition freed = table.newCondition();
  private final Set<Long> held = new HashSet<>();
  private @Nullable FileChannel channel;

  RangeLocks(Path file) {
    this.file = file;
  }

  /// Returns the place of a store path, from the first 60 bits of its digest.
  static long place(Kind kind, StorePath path) {
    var bytes = Base32.decode("0" + path.hashPart().substring(0, 12), 8).orElseThrow();
    var value = 0L;
    for (var i = 7; i >= 0; i--) {
      value = value << 8 | (bytes[i] & 0xff);
    }
    return place(kind, value);
  }

  static long place(Kind kind, long number) {
    return (kind.quarter << PLACE_BITS) | (number & ((1L << PLACE_BITS) - 1));
  }

  /// Takes a lock, waiting as long as it takes; `waiting` runs once if it is not free at once.
  Held acquire(long place, Runnable waiting) throws IOException, InterruptedException {
    var attempt = tryAcquire(place);
    if (attempt.isEmpty()) {
      waiting.run();
    }
    for (var pause = 1L; attempt.isEmpty(); pause = Math.min(LONGEST_WAIT, pause * 2)) {
      awaitChange(pause);
      attempt = tryAcquire(place);
    }
    return attempt.get();
  }

  @SuppressWarnings("WaitNotInLoop") // the caller's loop looks again, at other processes too
  private void awaitChange(long milliseconds) throws InterruptedException {
    table.lockInterruptibly();
    try {
      var _ = freed.await(milliseconds, TimeUnit.MILLISECONDS);
    } finally {
      table.unlock();
    }
  }

  /// Takes a lock where it is free.
  Optional<Held> tryAcquire(long place) throws IOException {
    table.lock();
    try {
      if (held.contains(place) || (isObject(place) && held.contains(OBJECTS))) {
        return Optional.empty();
      }
      var lock = open().tryLock(place, 1, false);
      if (lock == null) {
        return Optional.empty();
      }
      held.add(place);
      return Optional.of(() -> release(place, lock));
    } finally {
      table.unlock();
    }
  }

  /// Takes the locks of all objects at once where all are free: for those who bring many, to whom a
  /// lock for each would cost more than the object.
  Optional<Held> tryAcquireObjects() throws IOException {
    table.lock();
    try {
      if (held.contains(OBJECTS) || held.stream().anyMatch(RangeLocks::isObject)) {
        return Optional.empty();
      }
      var lock = open().tryLock(place(Kind.OBJECT, 0), 1L << PLACE_BITS, false);
      if (lock == null) {
        return Optional.empty();
      }
      held.add(OBJECTS);
      return Optional.of(() -> release(OBJECTS, lock));
    } finally {
      table.unlock();
    }
  }

  private static boolean isObject(long place) {
    return place >>> PLACE_BITS == Kind.OBJECT.quarter;
  }

  private void release(long place, FileLock lock) {
    table.lock();
    try {
      if (held.remove(place)) {
        lock.release();
        freed.signalAll();
      }
    } catch (IOException e) {
      throw new IllegalStateException("a lock could not be released", e);
    } finally {
      table.unlock();
    }
  }

  /// Returns a lock shared with others who share it, for one thread of this process.
  Optional<FileLock> tryShare(long place) throws IOException {
    table.lock();
    try {
      return Optional.ofNullable(open().tryLock(place, 1, true));
    } finally {
      table.unlock();
    }
  }

  private FileChannel open() throws IOException {
    if (channel == null) {
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
    return channel;
  }
}
