package dev.kiln.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
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
    var done = new CountDownLatch(1);
    endOnInterrupt(Thread.currentThread(), done);
    var world =
        new World(
            Path.of("").toAbsolutePath(),
            environment(System.getenv()),
            Clock.systemUTC(),
            new FileInputStream(FileDescriptor.in),
            new StandardOutput(new FileOutputStream(FileDescriptor.out)),
            stream(FileDescriptor.err),
            new StandardError(System.getenv()));
    var code = new Kiln(world).run(List.of(args));
    done.countDown();
    System.exit(code);
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

  /// On Ctrl-C the JVM runs this hook and ends with 130: the command gets a chance to end its
  /// children in order.
  private static void endOnInterrupt(Thread command, CountDownLatch done) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              if (done.getCount() == 0) {
                return;
              }
              command.interrupt();
              try {
                done.await(SECONDS_TO_END, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
  }
}
