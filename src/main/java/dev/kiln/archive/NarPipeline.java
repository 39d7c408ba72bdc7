package dev.kiln.archive;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The chunks of a NAR in their order, read ahead by other threads: small files cost system calls,
/// hashing costs a processor. Whoever is idle plans and loads the next chunk, the one who takes
/// them too.
///
/// At most [#MOST] chunks are on their way, and they are used again. A tree of one chunk starts no
/// thread.
final class NarPipeline implements AutoCloseable {
  private static final int MOST = 6;
  private static final int HELPERS =
      Math.clamp(Runtime.getRuntime().availableProcessors() - 1L, 1, 3);

  private final NarPlanner planner;
  private final boolean direct;
  private final boolean listing;
  private final ReentrantLock planning = new ReentrantLock();
  private final Object monitor = new Object();
  private final Deque<NarChunk> planned = new ArrayDeque<>();
  private final Deque<NarChunk> free = new ArrayDeque<>();
  private final List<NarChunk> loaded = new ArrayList<>();
  private final List<Thread> helpers = new ArrayList<>();
  private int made;
  private boolean exhausted;
  private boolean closed;

  /// `direct` and `listing` as in [NarChunk]; `kernel` as in [NarPlanner].
  NarPipeline(Path tree, boolean direct, boolean listing, boolean kernel) {
    this.planner = new NarPlanner(tree, listing, kernel);
    this.direct = direct;
    this.listing = listing;
  }

  /// Returns the next chunk, which may have failed and must be given back by [#release]; null after
  /// the last.
  @Nullable NarChunk take() throws InterruptedIOException {
    while (true) {
      synchronized (monitor) {
        var head = planned.peek();
        if (head != null && loaded.remove(head)) {
          planned.remove();
          return head;
        }
        if (head == null && exhausted) {
          return null;
        }
      }
      if (planning.tryLock()) {
        if (!work()) {
          await();
        }
      } else {
        await();
      }
    }
  }

  void release(NarChunk chunk) {
    synchronized (monitor) {
      free.add(chunk);
      monitor.notifyAll();
    }
  }

  /// Plans and loads a chunk; answers false where there is none to be had. Called with the planning
  /// lock, which it gives back.
  private boolean work() {
    NarChunk chunk;
    try {
      chunk = vacant();
      if (chunk == null) {
        return false;
      }
      var more = planner.plan(chunk);
      synchronized (monitor) {
        if (more) {
          planned.add(chunk);
        }
        exhausted = !planner.hasMore();
        if (exhausted) {
          monitor.notifyAll();
        } else if (helpers.isEmpty()) {
          startHelpers();
        }
      }
      if (!more) {
        return false;
      }
    } finally {
      planning.unlock();
    }
    synchronized (monitor) {
      monitor.notifyAll(); // who waits can plan the next one
    }
    chunk.load();
    synchronized (monitor) {
      loaded.add(chunk);
      monitor.notifyAll();
    }
    return true;
  }

  private @Nullable NarChunk vacant() {
    synchronized (monitor) {
      if (exhausted || closed) {
        return null;
      }
      var chunk = free.poll();
      if (chunk == null && made < MOST) {
        made++;
        chunk = new NarChunk(direct, listing);
      }
      return chunk;
    }
  }

  private void startHelpers() {
    for (var i = 0; i < HELPERS; i++) {
      helpers.add(Thread.ofPlatform().daemon().name("kiln-nar").start(this::help));
    }
  }

  private void help() {
    while (true) {
      planning.lock();
      if (!work()) {
        synchronized (monitor) {
          while (!exhausted && !closed && free.isEmpty() && made == MOST) {
            try {
              monitor.wait();
            } catch (InterruptedException e) {
              return;
            }
          }
          if (exhausted || closed) {
            return;
          }
        }
      }
    }
  }

  /// Waits until the head is loaded, or there is something to do.
  private void await() throws InterruptedIOException {
    synchronized (monitor) {
      while (!isServed()) {
        try {
          monitor.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          var failure = new InterruptedIOException("interrupted while reading");
          failure.initCause(e);
          throw failure;
        }
      }
    }
  }

  private boolean isServed() {
    var head = planned.peek();
    if (head == null ? exhausted : loaded.contains(head)) {
      return true;
    }
    return !exhausted && (!free.isEmpty() || made < MOST) && !planning.isLocked();
  }

  /// Ends the helpers and closes what nobody will read.
  @Override
  public void close() throws IOException {
    synchronized (monitor) {
      closed = true;
      monitor.notifyAll();
    }
    var interrupted = false;
    for (var helper : helpers) {
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    planner.close();
    for (var chunk : planned) {
      chunk.close();
    }
  }
}
