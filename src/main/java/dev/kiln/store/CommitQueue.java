package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.store.RecordFiles.Record;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes records in batches, each after one flush of the file system (design D11): a record that
/// is seen after a power cut has its object's contents.
///
/// A thread of its own writes what has gathered to temporary names, and now and then flushes and
/// renames: a busy build pays one flush for many records, and nobody waits. Who submits more while
/// it is at work writes that to temporary names itself. It flushes when somebody waits, when
/// records are many, or [#PAUSE] after the last came; later where they keep coming or flushing
/// takes long, since meanwhile others can hardly write. What is not yet written is known to this
/// process ([StoreProcess]) and announced to others.
final class CommitQueue {
  /// Files to appear together, and what to do when they have.
  record Entry(List<Record> records, Runnable then) {}

  private static final long PAUSE = 200_000_000;
  private static final long LONGEST_PAUSE = 1_000_000_000;

  /// Entries whose records lie under temporary names.
  private static final class Written {
    private final List<Entry> entries = new ArrayList<>();
    private final List<RecordFiles.Temporary> files = new ArrayList<>();

    private void add(Written others) {
      entries.addAll(others.entries);
      files.addAll(others.files);
    }
  }

  /// How much longer than a flush the pause after it is.
  private static final int SHARE = 4;

  /// So many are worth to be written, and so many to be flushed.
  private static final int SOME = 64;

  private static final int MANY = 512;

  private final Path root;
  private final RecordFiles files;
  private final Announcement announcement;
  private final Object monitor = new Object();
  private List<Entry> waiting = new ArrayList<>();
  private Written written = new Written();
  private long latest;
  private boolean writing;
  private int coming;
  private boolean running;
  private boolean hooked;
  private int awaited;
  private @Nullable IOException failure;

  /// `announcement` tells other processes what is on its way.
  CommitQueue(Path root, RecordFiles files, Announcement announcement) {
    this.root = root;
    this.files = files;
    this.announcement = announcement;
  }

  void submit(List<Entry> entries) throws IOException {
    var names = new ArrayList<String>();
    for (var entry : entries) {
      for (var record : entry.records) {
        names.add(record.name());
      }
    }
    boolean busy;
    synchronized (monitor) {
      announcement.add(names);
      latest = System.nanoTime();
      busy = writing;
      if (busy) {
        coming++;
      } else {
        waiting.addAll(entries);
        if (waiting.size() >= SOME) {
          monitor.notifyAll();
        }
      }
      start();
    }
    if (busy) {
      writeOwn(entries);
    }
  }

  /// Writes what the thread has no time for; what this thread cannot write, an interrupted one say,
  /// is left to it.
  private void writeOwn(List<Entry> entries) {
    var own = new Written();
    List<Entry> left = List.of();
    try {
      own = write(entries);
    } catch (IOException e) {
      left = entries;
    }
    synchronized (monitor) {
      written.add(own);
      waiting.addAll(left);
      coming--;
      monitor.notifyAll();
    }
  }

  /// Starts the thread where it has ended. Called with the monitor.
  private void start() {
    if (!running) {
      running = true;
      Thread.ofPlatform().daemon().name("kiln-records").start(this::run);
    }
    if (!hooked) {
      hooked = true;
      Runtime.getRuntime().addShutdownHook(new Thread(this::awaitDrained));
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

  private void run() {
    try {
      drain();
    } catch (RuntimeException | Error e) {
      fail(new IOException(e)); // who waits must hear of it
      throw e;
    }
  }

  private void drain() {
    var unflushed = new Written();
    var since = System.nanoTime();
    var pause = PAUSE;
    while (true) {
      List<Entry> batch;
      boolean now;
      synchronized (monitor) {
        gather(unflushed, since, pause);
        batch = waiting;
        waiting = new ArrayList<>();
        unflushed.add(written);
        written = new Written();
        if (batch.isEmpty() && unflushed.entries.isEmpty()) {
          announcement.clear();
          running = false;
          monitor.notifyAll();
          return;
        }
        now =
            awaited > 0
                || unflushed.entries.size() + batch.size() >= MANY
                || left(since, pause) <= 0;
        writing = true;
      }
      var start = System.nanoTime();
      try {
        unflushed.add(write(batch));
        if (now) {
          files.place(unflushed.files);
        }
      } catch (IOException e) {
        now = true;
        synchronized (monitor) {
          failure = e;
        }
      }
      if (now) {
        unflushed.entries.forEach(entry -> entry.then.run());
        unflushed = new Written();
        since = System.nanoTime();
        pause = Math.clamp(SHARE * (since - start), PAUSE, LONGEST_PAUSE);
      }
      synchronized (monitor) {
        writing = false;
      }
    }
  }

  /// Ends the thread's work in the middle.
  private void fail(IOException e) {
    synchronized (monitor) {
      failure = e;
      writing = false;
      running = false;
      monitor.notifyAll();
    }
  }

  /// Returns how long the next flush can wait that follows one at `since`: a pause after that, and
  /// after what came last, but no longer than the longest.
  private long left(long since, long pause) {
    var now = System.nanoTime();
    var quiet = Math.min(latest + PAUSE - now, since + LONGEST_PAUSE - now);
    return Math.max(quiet, since + pause - now);
  }

  /// Waits until there is something to do. Called with the monitor.
  private void gather(Written unflushed, long since, long pause) {
    try {
      while (true) {
        var left = left(since, pause);
        boolean idle =
            waiting.isEmpty() && written.entries.isEmpty() && unflushed.entries.isEmpty();
        boolean due = left <= 0 || awaited > 0 || waiting.size() >= SOME;
        if (due && !(idle && coming > 0)) {
          return;
        }
        monitor.wait((left > 0 ? left : PAUSE) / 1_000_000 + 1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Written write(List<Entry> batch) throws IOException {
    var records = new ArrayList<Record>();
    batch.forEach(entry -> records.addAll(entry.records));
    var result = new Written();
    result.files.addAll(files.write(records));
    result.entries.addAll(batch);
    return result;
  }
}
