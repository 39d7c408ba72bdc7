package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.process.FileSystemFlush;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Writes records in batches, each after one flush of the file system (design D11): a record that
/// is seen after a power cut has its object's contents.
///
/// A thread of its own writes what has gathered to temporary names, and now and then flushes and
/// renames: a busy build pays one flush for many records, and nobody waits. It flushes when
/// somebody waits, when records are many, or [#PAUSE] after the last time, and later where flushing
/// takes long, since meanwhile others can hardly write. What is not yet written is known to this
/// process ([StoreProcess]) and announced to others.
final class CommitQueue {
  /// Files to appear together, and what to do when they have.
  record Entry(List<Record> records, Runnable then) {}

  /// One record: its place and contents.
  record Record(Path place, ByteString contents) {}

  private static final long PAUSE = 200_000_000;
  private static final long LONGEST_PAUSE = 1_000_000_000;

  /// How much longer than a flush the pause after it is.
  private static final int SHARE = 4;

  /// So many are worth to be written, and so many to be flushed.
  private static final int SOME = 64;

  private static final int MANY = 2000;

  private final Path root;
  private final Supplier<Path> scratch;
  private final Announcement announcement;
  private final Object monitor = new Object();
  private List<Entry> waiting = new ArrayList<>();
  private boolean running;
  private boolean hooked;
  private int awaited;
  private @Nullable IOException failure;

  /// `scratch` gives a fresh name on the store's file system; `announcement` tells other processes
  /// what is on its way.
  CommitQueue(Path root, Supplier<Path> scratch, Announcement announcement) {
    this.root = root;
    this.scratch = scratch;
    this.announcement = announcement;
  }

  void submit(List<Entry> entries) throws IOException {
    var names = new ArrayList<String>();
    for (var entry : entries) {
      for (var record : entry.records) {
        names.add(record.place.getFileName().toString());
      }
    }
    synchronized (monitor) {
      announcement.add(names);
      waiting.addAll(entries);
      if (waiting.size() >= SOME) {
        monitor.notifyAll();
      }
      if (!running) {
        running = true;
        Thread.ofPlatform().daemon().name("kiln-records").start(this::drain);
      }
      if (!hooked) {
        hooked = true;
        Runtime.getRuntime().addShutdownHook(new Thread(this::awaitDrained));
      }
    }
  }

  /// Runs something once everything submitted so far is on disk.
  void afterwards(Runnable then) {
    synchronized (monitor) {
      if (running) {
        waiting.add(new Entry(List.of(), then));
        return;
      }
    }
    then.run();
  }

  /// Waits until everything submitted is on disk.
  void flush() throws KilnException {
    awaitDrained();
    check();
  }

  /// Throws where records could not be written: nothing that this process adds would be kept.
  void check() throws KilnException {
    synchronized (monitor) {
      if (failure != null) {
        throw StoreFailure.of("cannot write the store's records", root, failure);
      }
    }
  }

  private void awaitDrained() {
    synchronized (monitor) {
      var interrupted = false;
      awaited++;
      monitor.notifyAll();
      while (running) {
        try {
          monitor.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      awaited--;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private record Renaming(Path from, Path to) {}

  private void drain() {
    var unflushed = new ArrayList<Entry>();
    var renamings = new ArrayList<Renaming>();
    for (var due = System.nanoTime() + PAUSE; true; ) {
      List<Entry> batch;
      boolean now;
      synchronized (monitor) {
        gather(due);
        batch = waiting;
        waiting = new ArrayList<>();
        if (batch.isEmpty() && unflushed.isEmpty()) {
          announcement.clear();
          running = false;
          monitor.notifyAll();
          return;
        }
        now = awaited > 0 || unflushed.size() + batch.size() >= MANY || left(due) <= 0;
      }
      unflushed.addAll(batch);
      var start = System.nanoTime();
      try {
        write(batch, renamings);
        if (now) {
          finish(renamings);
        }
      } catch (IOException e) {
        now = true;
        synchronized (monitor) {
          failure = e;
        }
      }
      if (now) {
        unflushed.forEach(entry -> entry.then.run());
        unflushed.clear();
        renamings.clear();
        var end = System.nanoTime();
        due = end + Math.clamp(SHARE * (end - start), PAUSE, LONGEST_PAUSE);
      }
    }
  }

  private static long left(long due) {
    return due - System.nanoTime();
  }

  /// Waits until there is something to do. Called with the monitor.
  private void gather(long due) {
    try {
      for (var left = left(due);
          left > 0 && awaited == 0 && waiting.size() < SOME;
          left = left(due)) {
        monitor.wait(left / 1_000_000 + 1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(List<Entry> batch, List<Renaming> renamings) throws IOException {
    for (var entry : batch) {
      for (var record : entry.records) {
        var temporary = scratch.get();
        Canonical.create(temporary, record.contents);
        renamings.add(new Renaming(temporary, record.place));
      }
    }
  }

  private void finish(List<Renaming> renamings) throws IOException {
    if (renamings.isEmpty()) {
      return;
    }
    if (!FileSystemFlush.flush(root)) {
      for (var renaming : renamings) {
        force(renaming.from);
      }
    }
    for (var renaming : renamings) {
      Files.move(renaming.from, renaming.to, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /// The second best where the system can't flush a file system: the records at least are whole.
  private static void force(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(false);
    }
  }
}
