package dev.kiln.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Needs;
import dev.kiln.builder.BuildOutcome;
import dev.kiln.process.Command;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A builder that takes longer than an idle carrier thread lives (30 s), in an otherwise idle JVM
/// of its own: a child that such a thread had started would be killed with it (design D9).
@Needs("bwrap")
@Timeout(90)
@Execution(ExecutionMode.CONCURRENT)
class LongBuildTest {
  private static final int SECONDS = 40;

  @TempDir Path dir;

  @Test
  void outlivesTheThreadsThatWaitForIt() throws Exception {
    var here = Path.of(System.getProperty("user.dir"));
    var path =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(entry -> here.resolve(entry).toString())
            .collect(Collectors.joining(File.pathSeparator));
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = List.of(java, "-cp", path, Idle.class.getName(), dir.toString());
    var env = new TreeMap<>(System.getenv());

    var printed = new Command(command, dir, env).capture();

    assertThat(printed.stdout()).as(printed.stderr()).isEqualTo("BUBBLEWRAP over\nUNSHARE over\n");
  }

  /// The idle JVM.
  static final class Idle {
    private Idle() {}

    public static void main(String[] args) throws Exception {
      var bench = new Workbench(Path.of(args[0]));
      var rungs =
          List.of(new Rung(Rung.Means.BUBBLEWRAP, true), new Rung(Rung.Means.UNSHARE, true));
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var runs = rungs.stream().map(rung -> threads.submit(() -> sleep(bench, rung))).toList();
        for (var run : runs) {
          System.out.println(run.get());
        }
      }
      System.exit(0);
    }

    private static String sleep(Workbench bench, Rung rung) throws Exception {
      var script = "sleep " + SECONDS + "; echo over; echo over >over";
      var run = bench.run(rung, Workbench.script(script));
      boolean isWhole =
          run.outcome() instanceof BuildOutcome.Built && Files.exists(run.output().resolve("over"));
      return rung.means() + " " + (isWhole ? String.join(" ", run.stdout()) : run.toString());
    }
  }
}
