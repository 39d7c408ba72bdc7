package dev.kiln.process;

import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.zeroturnaround.exec.MessageLoggers;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.ProcessResult;
import org.zeroturnaround.exec.listener.ProcessListener;

/// Starts every child of this JVM on one platform thread that lives as long as the JVM does, and
/// ends the children that still run when the JVM ends.
final class Starter {
  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("kiln-process-starter").factory());
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("kiln-process-ender")
                .unstarted(() -> RUNNING.forEach(ProcessTree::kill)));
  }

  private Starter() {}

  /// Starts the command; the caller has to call the result to its end on its own thread.
  static Running start(Command command, Streams streams) throws IOException, InterruptedException {
    var executor = new Executor(command, streams);
    Future<Running> started = THREAD.submit(executor::started);
    try {
      return started.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      if (!started.cancel(false)) {
        endWhatStarted(started);
      }
      throw e;
    }
  }

  private static void endWhatStarted(Future<Running> started)
      throws IOException, InterruptedException {
    try {
      var running = started.get();
      ProcessTree.kill(running.process());
      running.exit();
    } catch (ExecutionException _) {
      // it has not even started
    }
  }

  /// A started child, and the wait for its end.
  record Running(Process process, Callable<ProcessResult> waiting) {
    int exit() throws IOException, InterruptedException {
      try {
        return waiting.call().getExitValue();
      } catch (IOException | InterruptedException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// zt-exec's executor with nothing inherited, and with the door to its start opened.
  private static final class Executor extends ProcessExecutor {
    private @Nullable Process process;

    Executor(Command command, Streams streams) {
      var spoken = Spelling.of(command);
      command(spoken.argv());
      directory(spoken.cwd().toFile());
      new ProcessBuilder().environment().keySet().forEach(name -> environment(name, null));
      environment(spoken.env());
      redirectErrorStream(false);
      streams(streams);
      stopper(ProcessTree::kill);
      setMessageLogger(MessageLoggers.NOP);
      addListener(new Register());
    }

    Running started() throws IOException {
      Callable<ProcessResult> waiting = startInternal();
      return new Running(Objects.requireNonNull(process), waiting);
    }

    private final class Register extends ProcessListener {
      @Override
      public void afterStart(Process child, ProcessExecutor executor) {
        process = child;
        RUNNING.add(child);
      }

      @Override
      public void afterStop(Process child) {
        RUNNING.remove(child);
      }
    }
  }
}
