package dev.kiln.cli;

import dev.kiln.KilnException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The entry: hands the real world to [Kiln] and exits with its code.
public final class Main {
  /// How long an interrupted kiln may take to end its children before the JVM goes.
  private static final int SECONDS_TO_END = 5;

  private Main() {}

  static void main(String[] args) {
    var done = endOnInterrupt(Thread.currentThread());
    var code = run(args);
    done.countDown();
    if (code != 0 || anotherThreadRuns()) {
      System.exit(code); // it starts the JDK's logging first, which takes milliseconds
    }
  }

  private static int run(String[] args) {
    try {
      return new Kiln(world(new FileInputStream(FileDescriptor.in))).run(arguments(args));
    } catch (KilnException e) {
      var err = stream(FileDescriptor.err);
      err.println("error: " + e.getMessage());
      err.flush();
      return Verb.CARGO;
    }
  }

  /// Returns the arguments, from the kernel where the JVM may have lost bytes of one.
  private static List<String> arguments(String[] args) throws KilnException {
    for (var arg : args) {
      if (RawArguments.isDoubtful(arg)) {
        return RawArguments.read(Path.of("/proc/self/cmdline"), args.length);
      }
    }
    return List.of(args);
  }

  private static Path workingDirectory() throws KilnException {
    var decoded = Path.of("").toAbsolutePath();
    return RawArguments.isDoubtful(decoded.toString())
        ? RawArguments.directory(Path.of("/proc/self/cwd"))
        : decoded;
  }

  static World world(InputStream in) throws KilnException {
    return new World(
        workingDirectory(),
        environment(System.getenv()),
        Instant::now, // a clock would come with time zones
        in,
        new StandardOutput(new FileOutputStream(FileDescriptor.out)),
        stream(FileDescriptor.err),
        new StandardError(System.getenv()));
  }

  /// Answers whether the JVM would wait for another thread after this one.
  private static boolean anotherThreadRuns() {
    var threads = new Thread[Thread.activeCount() + 1];
    var count = Thread.enumerate(threads);
    for (var i = 0; i < Math.min(count, threads.length); i++) {
      if (!threads[i].isDaemon() && threads[i] != Thread.currentThread()) {
        return true;
      }
    }
    return count == threads.length;
  }

  /// The user's environment: the launcher sets LC_ALL for the JVM alone, and KILN_LC_ALL says what
  /// it was before, empty where there was none.
  static SortedMap<String, String> environment(Map<String, String> given) {
    var environment = new TreeMap<>(given);
    var locale = environment.remove("KILN_LC_ALL");
    if (locale != null) {
      if (locale.isEmpty()) {
        environment.remove("LC_ALL");
      } else {
        environment.put("LC_ALL", locale);
      }
    }
    return environment;
  }

  /// UTF-8 whatever the locale says, and written as lines are done.
  static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }

  /// On Ctrl-C the JVM runs a hook and ends with 130: the command gets a chance to end its children
  /// in order. Returns what is to be counted down when the command has ended.
  static CountDownLatch endOnInterrupt(Thread command) {
    var done = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Ender(command, done));
    return done;
  }

  /// A class and no lambda, which would be the one that the JVM has to make at each start.
  private static final class Ender extends Thread {
    private final Thread command;
    private final CountDownLatch done;

    private Ender(Thread command, CountDownLatch done) {
      this.command = command;
      this.done = done;
    }

    @Override
    public void run() {
      if (done.getCount() == 0) {
        return;
      }
      command.interrupt();
      try {
        done.await(SECONDS_TO_END, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
