package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.builder.Beside;
import dev.kiln.builder.BuildListener;
import dev.kiln.builder.BuildOutcome;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.Builder;
import dev.kiln.builder.MissingProgramException;
import dev.kiln.ops.store.RealiseFailure.Kind;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One run of a foreign builder, with its log and its limits (nix-store.md §16, §21).
final class ForeignBuild implements BuildListener {
  private static final int SHOWN_LINES = 25;
  private static final long PAUSE = 50;

  private final Builder builder;
  private final RealiseOptions options;
  private final StorePath path;
  private final String shown;
  private final RealiseListener said;
  private final Object monitor = new Object();
  private final Deque<String> last = new ArrayDeque<>();
  private final AtomicReference<@Nullable RealiseFailure> stopped = new AtomicReference<>();
  private @Nullable OutputStream log;
  private long logged;
  private long heard;

  ForeignBuild(
      Builder builder, RealiseOptions options, StorePath path, String shown, RealiseListener said) {
    this.builder = builder;
    this.options = options;
    this.path = path;
    this.shown = shown;
    this.said = said;
  }

  /// Runs the builder; a failure is thrown with the end of its log.
  BuildOutcome.Built run(BuildRequest request, Path logFile, boolean fixed)
      throws KilnException, InterruptedException {
    BuildOutcome outcome;
    try (var out = open(logFile)) {
      log = out;
      outcome = limited(request);
    } catch (MissingProgramException e) {
      throw new RealiseFailure(fixed ? Kind.OTHER : Kind.BUILD, "" + e.getMessage(), e);
    } catch (IOException e) {
      throw new KilnException("cannot write the log " + logFile, null, e);
    }
    return switch (outcome) {
      case BuildOutcome.Built built -> built;
      case BuildOutcome.Failed(var exit, _, var kept) -> throw failed(exit, kept, fixed);
    };
  }

  private static OutputStream open(Path file) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    return Files.newOutputStream(file);
  }

  /// Nix takes the failure of a fixed-output builder for a passing one: exit 1.
  private RealiseFailure failed(int exit, @Nullable Path kept, boolean fixed) {
    var text = new StringBuilder("builder for '" + shown + "' failed with exit code " + exit);
    synchronized (monitor) {
      if (!last.isEmpty()) {
        text.append(";\n       last %d log lines:".formatted(last.size()));
        last.forEach(line -> text.append("\n       > ").append(line));
      }
    }
    if (kept != null) {
      said.say("note: keeping build directory '" + kept + "'");
    }
    return new RealiseFailure(fixed ? Kind.OTHER : Kind.BUILD, text.toString());
  }

  private BuildOutcome limited(BuildRequest request) throws KilnException, InterruptedException {
    var beside = new Beside(new TreeMap<>(), null, options.mode().keepFailed());
    heard = System.nanoTime();
    var watcher = watch(Thread.currentThread(), System.nanoTime());
    try {
      return builder.build(request, beside, this);
    } catch (InterruptedException e) {
      var failure = stopped.get();
      if (failure != null) {
        throw failure;
      }
      throw e;
    } finally {
      watcher.interrupt();
      watcher.join();
      if (stopped.get() != null) {
        var _ = Thread.interrupted(); // the limit was reached as the builder ended
      }
    }
  }

  private Thread watch(Thread builderThread, long started) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            while (stopped.get() == null) {
              Thread.sleep(PAUSE);
              look(started);
            }
            builderThread.interrupt();
          } catch (InterruptedException e) {
            return; // the builder has ended
          }
        });
  }

  private void look(long started) {
    var limits = options.limits();
    var now = System.nanoTime();
    synchronized (monitor) {
      if (limits.seconds() > 0 && now - started > limits.seconds() * 1_000_000_000L) {
        stop(Kind.TIMED_OUT, "timed out after %d seconds".formatted(limits.seconds()));
      } else if (limits.silentSeconds() > 0
          && now - heard > limits.silentSeconds() * 1_000_000_000L) {
        stop(
            Kind.TIMED_OUT,
            "timed out after %d seconds of silence".formatted(limits.silentSeconds()));
      } else if (limits.logBytes() > 0 && logged > limits.logBytes()) {
        stop(
            Kind.OTHER,
            "killed after writing more than %d bytes of log output".formatted(limits.logBytes()));
      }
    }
  }

  private void stop(Kind kind, String what) {
    stopped.compareAndSet(null, new RealiseFailure(kind, "building of '" + shown + "' " + what));
  }

  @Override
  public void stdout(byte[] line) {
    hear(line);
  }

  @Override
  public void stderr(byte[] line) {
    hear(line);
  }

  private void hear(byte[] line) {
    var text = new String(line, StandardCharsets.UTF_8);
    synchronized (monitor) {
      heard = System.nanoTime();
      logged += line.length + 1;
      last.addLast(text);
      if (last.size() > SHOWN_LINES) {
        last.removeFirst();
      }
      try {
        if (log != null) {
          log.write(line);
          log.write('\n');
        }
      } catch (IOException e) {
        stop(Kind.OTHER, "stopped: its log cannot be written");
      }
    }
    said.log(path, text);
  }
}
