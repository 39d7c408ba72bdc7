package dev.kiln.store;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// Orders those who protect paths against the one who collects: many protect at a time, while a
/// collector takes a decision nobody does.
///
/// Nix lets a running collector hear of new roots through a socket (nix-store.md §10); kiln's takes
/// its decisions in short steps and looks at the temporary roots anew in each.
final class CollectionGate {
  private static final long PLACE = RangeLocks.place(RangeLocks.Kind.GATE, 0);
  private static final long PAUSE_NANOSECONDS = 1_000_000;

  /// Work that may fail as file systems do.
  interface Step {
    void run() throws IOException;
  }

  private final RangeLocks locks;
  private final ReentrantReadWriteLock threads = new ReentrantReadWriteLock();
  private final Object sharers = new Object();
  private int sharing;
  private @Nullable FileLock shared;

  CollectionGate(RangeLocks locks) {
    this.locks = locks;
  }

  /// Runs a step while no collector takes a decision.
  void protecting(Step step) throws IOException {
    threads.readLock().lock();
    try {
      enter();
      try {
        step.run();
      } finally {
        leave();
      }
    } finally {
      threads.readLock().unlock();
    }
  }

  private void enter() throws IOException {
    synchronized (sharers) {
      while (shared == null) {
        shared = locks.tryShare(PLACE).orElse(null);
        if (shared == null) {
          pause();
        }
      }
      sharing++;
    }
  }

  private void leave() throws IOException {
    synchronized (sharers) {
      sharing--;
      var lock = shared;
      if (sharing == 0 && lock != null) {
        shared = null;
        lock.release();
      }
    }
  }

  /// Runs a step while nobody protects anything.
  void deciding(Step step) throws IOException, InterruptedException {
    threads.writeLock().lockInterruptibly();
    try (var _ = locks.acquire(PLACE, () -> {})) {
      step.run();
    } finally {
      threads.writeLock().unlock();
    }
  }

  /// Waits without hearing interrupts: a collector's step is short.
  private static void pause() {
    LockSupport.parkNanos(PAUSE_NANOSECONDS);
  }
}
