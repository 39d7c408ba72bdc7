package dev.kiln.realise;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// The one pool of tokens that kiln's units and the threads inside rustc and make share (design
/// D9): GNU make's jobserver on a FIFO that sandboxes open.
///
/// Each running unit holds one token, taken in the order of priority. A process that is killed
/// never gives back what it took, so the pool is filled anew, on a fresh FIFO, when nothing runs
/// after that.
public final class Jobserver implements AutoCloseable {
  private static final byte TOKEN = '+';

  private final Pipes pipes;
  private final int jobs;
  private final PriorityQueue<Waiter> waiters =
      new PriorityQueue<>(
          Comparator.comparingLong((Waiter w) -> -w.priority).thenComparingLong(w -> w.arrival));
  private long arrivals;
  private int held;
  private boolean leaked;
  private boolean closed;
  private @Nullable Pipe pipe;

  /// Makes FIFOs; a function, since making one needs a child process.
  @FunctionalInterface
  public interface Pipes {
    Path make() throws KilnException, InterruptedException;
  }

  /// A FIFO, opened once for each direction: a channel that waits in a read takes no write.
  private record Pipe(Path path, FileChannel source, FileChannel sink) {}

  private static final class Waiter {
    private final long priority;
    private final long arrival;
    private final CountDownLatch granted = new CountDownLatch(1);

    Waiter(long priority, long arrival) {
      this.priority = priority;
      this.arrival = arrival;
    }
  }

  /// A pool of `jobs` tokens. Nothing is made before the first is taken: most builds run nothing.
  Jobserver(Pipes pipes, int jobs) {
    this.pipes = pipes;
    this.jobs = jobs;
  }

  private synchronized Pipe open() throws KilnException, InterruptedException {
    var open = pipe;
    if (open == null) {
      open = fill(pipes, jobs);
      pipe = open;
      Thread.ofPlatform().daemon().name("jobserver").start(this::grantTokens);
    }
    return open;
  }

  private Pipe opened() {
    return Objects.requireNonNull(pipe, "no token was taken");
  }

  private static Pipe fill(Pipes pipes, int jobs) throws KilnException, InterruptedException {
    var path = pipes.make();
    try {
      // opened for both, so that neither end waits for the other and no reader sees an end
      var source = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      var sink = FileChannel.open(path, StandardOpenOption.WRITE);
      var tokens = ByteBuffer.allocate(jobs);
      while (tokens.hasRemaining()) {
        tokens.put(TOKEN);
      }
      sink.write(tokens.flip());
      return new Pipe(path, source, sink);
    } catch (IOException e) {
      throw new KilnException("cannot open the jobserver's FIFO " + path, null, e);
    }
  }

  int jobs() {
    return jobs;
  }

  /// Returns the FIFO that builders started now must get.
  synchronized Path fifo() {
    return opened().path();
  }

  /// Takes a token, waiting for one; a higher priority goes first.
  void acquire(long priority) throws KilnException, InterruptedException {
    open();
    Waiter waiter;
    synchronized (this) {
      waiter = new Waiter(priority, arrivals++);
      waiters.add(waiter);
      notifyAll();
    }
    try {
      waiter.granted.await();
    } catch (InterruptedException e) {
      synchronized (this) {
        if (!waiters.remove(waiter)) {
          giveBack();
        }
      }
      throw e;
    }
  }

  /// Gives a token back. `killed` says that the process may have taken others with it.
  synchronized void release(boolean killed) throws KilnException, InterruptedException {
    leaked |= killed;
    if (held == 1 && leaked) {
      held = 0;
      leaked = false;
      var old = opened();
      pipe = fill(pipes, jobs);
      write(old);
    } else {
      giveBack();
    }
  }

  private void giveBack() {
    held--;
    write(opened());
  }

  private static void write(Pipe pipe) {
    try {
      pipe.sink().write(ByteBuffer.wrap(new byte[] {TOKEN}));
    } catch (IOException e) {
      throw new IllegalStateException("the jobserver's FIFO is gone", e);
    }
  }

  private void grantTokens() {
    try {
      while (true) {
        Pipe from;
        synchronized (this) {
          while (waiters.isEmpty() && !closed) {
            wait();
          }
          if (closed) {
            return;
          }
          from = opened();
        }
        var token = ByteBuffer.allocate(1);
        from.source().read(token);
        grant(from);
      }
    } catch (InterruptedException | IOException e) {
      // the pool was closed; nobody waits any more
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void grant(Pipe from) {
    boolean current = from.path().equals(opened().path());
    var first = current ? waiters.poll() : null;
    if (first != null) {
      held++;
      first.granted.countDown();
    } else if (current) {
      write(from);
    }
  }

  @Override
  public void close() {
    Pipe open;
    synchronized (this) {
      closed = true;
      open = pipe;
      if (open == null) {
        return;
      }
      notifyAll();
      write(open);
    }
    try {
      Files.deleteIfExists(open.path());
    } catch (IOException e) {
      // it lies in a staging directory, which is swept
    }
  }
}
