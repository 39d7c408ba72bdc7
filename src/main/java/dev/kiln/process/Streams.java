package dev.kiln.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.zeroturnaround.exec.stream.ExecuteStreamHandler;

/// The three streams of one child: one virtual thread each, lines as bytes.
final class Streams implements ExecuteStreamHandler {
  /// How long output is awaited after the program's end: a daemon that it left may hold the pipe.
  private static final Duration GRACE = Duration.ofSeconds(2);

  /// A "line" longer than this is handed on in pieces.
  private static final int LONGEST = 64 << 20;

  private final byte[] input;
  private final Consumer<byte[]> stdout;
  private final Consumer<byte[]> stderr;
  private final List<Thread> readers = new ArrayList<>();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

  Streams(byte[] input, Consumer<byte[]> stdout, Consumer<byte[]> stderr) {
    this.input = input;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  @Override
  public void setProcessInputStream(OutputStream stdin) {
    Thread.startVirtualThread(() -> {
      try (stdin) {
        stdin.write(input);
      } catch (IOException _) {
        // the program did not want to read it all
      }
    });
  }

  @Override
  public void setProcessOutputStream(InputStream stream) {
    readers.add(Thread.startVirtualThread(() -> pump(stream, stdout)));
  }

  @Override
  public void setProcessErrorStream(InputStream stream) {
    readers.add(Thread.startVirtualThread(() -> pump(stream, stderr)));
  }

  @Override
  public void start() {}

  /// Waits for the last lines; the program has ended.
  @Override
  public void stop() {
    boolean interrupted = Thread.interrupted();
    for (var reader : readers) {
      interrupted |= !joined(reader);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean joined(Thread reader) {
    try {
      reader.join(GRACE);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /// Throws what a listener threw.
  void rethrow() {
    var thrown = failure.get();
    if (thrown != null) {
      throw thrown;
    }
  }

  private void pump(InputStream stream, Consumer<byte[]> listener) {
    byte[] buffer = new byte[8192];
    int held = 0;
    try {
      while (true) {
        if (held == buffer.length) {
          buffer = Arrays.copyOf(buffer, 2 * held);
        }
        int read = stream.read(buffer, held, buffer.length - held);
        if (read < 0) {
          break;
        }
        held = deliver(buffer, held, held + read, listener);
      }
    } catch (IOException _) {
      // closed because the program is being ended
    }
    if (held > 0) {
      hand(Arrays.copyOf(buffer, held), listener);
    }
  }

  /// Hands on the whole lines in `buffer[0, end)`, of which `buffer[0, from)` holds no line feed;
  /// moves the rest to the front and returns its length.
  private int deliver(byte[] buffer, int from, int end, Consumer<byte[]> listener) {
    int start = 0;
    for (int i = from; i < end; i++) {
      if (buffer[i] == '\n') {
        hand(Arrays.copyOfRange(buffer, start, i), listener);
        start = i + 1;
      }
    }
    if (end - start >= LONGEST) {
      hand(Arrays.copyOfRange(buffer, start, end), listener);
      return 0;
    }
    System.arraycopy(buffer, start, buffer, 0, end - start);
    return end - start;
  }

  /// A listener that has thrown hears no more, but the stream is still drained.
  private void hand(byte[] line, Consumer<byte[]> listener) {
    if (failure.get() != null) {
      return;
    }
    try {
      listener.accept(line);
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }
}
