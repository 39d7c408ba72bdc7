package dev.kiln.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommandTest {
  @TempDir Path dir;

  @Test
  void passesOnTheExitCode() throws Exception {
    assertThat(sh("exit 7").capture().exit()).isEqualTo(new Exit(7));
    assertThat(sh("kill -9 $$").capture().exit()).isEqualTo(new Exit(128 + 9));
  }

  @Test
  void keepsTheTwoStreamsApartAndTheirBytesWhole() throws Exception {
    var lines = Collections.synchronizedList(new ArrayList<byte[]>());
    sh("printf 'a\\n\\nb\\r\\n\\377'; echo error >&2").run(new byte[0], lines::add, _ -> {});
    assertThat(lines)
        .containsExactly(bytes("a"), bytes(""), bytes("b\r"), new byte[] {(byte) 0xFF});
    assertThat(sh("echo out; echo error >&2").capture())
        .isEqualTo(new Captured(new Exit(0), "out\n", "error\n"));
  }

  @Test
  void givesTheInputAndThenItsEnd() throws Exception {
    var big = new byte[1_000_000];
    Arrays.fill(big, (byte) 'x');
    var lines = Collections.synchronizedList(new ArrayList<byte[]>());
    sh("wc -c").run(big, lines::add, _ -> {});
    assertThat(lines).containsExactly(bytes("1000000"));
    assertThat(sh("true").run(big, _ -> {}, _ -> {}).isSuccess()).isTrue();
  }

  @Test
  void inheritsNoEnvironment() throws Exception {
    var env = new TreeMap<>(java.util.Map.of("ONLY", "this"));
    var command = new Command(List.of("/usr/bin/env"), dir, env);
    assertThat(command.capture().stdout()).isEqualTo("ONLY=this\n");
    assertThat(new Command(List.of("/usr/bin/env"), dir, none()).capture().stdout()).isEmpty();
  }

  @Test
  void runsInTheDirectory() throws Exception {
    assertThat(sh("pwd -P").capture().stdout()).isEqualTo(dir.toRealPath() + "\n");
  }

  @Test
  void namesAProgramThatIsMissing() {
    var command = new Command(List.of("/no/such/program"), dir, none());
    assertThatThrownBy(command::capture)
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("/no/such/program");
  }

  @Test
  void deliversLinesWhileTheProgramRuns() throws Exception {
    var go = dir.resolve("go");
    var heard = Collections.synchronizedList(new ArrayList<String>());
    sh("echo first; while [ ! -e go ]; do sleep 0.01; done; echo second")
        .run(
            new byte[0],
            line -> {
              heard.add(new String(line, StandardCharsets.UTF_8));
              if (heard.size() == 1) {
                touch(go);
              }
            },
            _ -> {});
    assertThat(heard).containsExactly("first", "second");
  }

  @Test
  void bearsAFlood() throws Exception {
    var out = new AtomicLong();
    var err = new AtomicLong();
    sh("head -c 30000000 /dev/zero >&2; head -c 30000000 /dev/zero | tr '\\0' '\\n'")
        .run(
            new byte[0],
            line -> out.addAndGet(line.length + 1),
            line -> err.addAndGet(line.length));
    assertThat(out.get()).isEqualTo(30_000_000);
    assertThat(err.get()).isEqualTo(30_000_000);
  }

  @Test
  void throwsWhatAListenerThrewAfterTheEnd() {
    var command = sh("head -c 1000000 /dev/zero | tr '\\0' '\\n'; touch done");
    assertThatThrownBy(() ->
            command.run(
                new byte[0],
                _ -> {
                  throw new IllegalArgumentException("mine");
                },
                _ -> {}))
        .hasMessage("mine");
    assertThat(dir.resolve("done")).exists();
  }

  @Test
  void anInterruptEndsTheWholeTree() throws Exception {
    var pids = Collections.synchronizedList(new ArrayList<Long>());
    var ready = new CountDownLatch(3);
    var command = sh("sh -c 'echo $$; sleep 600 & echo $!; wait; true' & echo $!; wait");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Exit> run =
          threads.submit(() ->
              command.run(
                  new byte[0],
                  line -> {
                    pids.add(Long.valueOf(new String(line, StandardCharsets.UTF_8)));
                    ready.countDown();
                  },
                  _ -> {}));
      assertThat(ready.await(20, TimeUnit.SECONDS)).isTrue();
      run.cancel(true);
    }
    assertThat(pids).hasSize(3).allSatisfy(pid -> assertThat(isRunning(pid)).isFalse());
  }

  @Test
  void aDaemonThatHoldsTheStreamsDoesNotHoldTheCaller() throws Exception {
    var started = System.nanoTime();
    var captured = sh("(sleep 600 & echo $!) ; echo out").capture();
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(20));
    assertThat(captured.stdout()).endsWith("out\n");
    var daemon = Long.parseLong(captured.stdout().lines().findFirst().orElseThrow());
    ProcessHandle.of(daemon).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void everyChildIsStartedByOneThreadThatStays() throws Exception {
    var parents = Collections.synchronizedList(new ArrayList<String>());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        var _ = threads.submit(() -> parents.add(sh(STARTING_THREAD).capture().stdout().strip()));
      }
    }
    assertThat(parents).hasSize(20).allMatch(parent -> parent.equals("1"));
  }

  /// Prints how many threads of the parent have this process among their children, if the only one
  /// that does is the starter.
  private static final String STARTING_THREAD =
      """
      n=0
      for t in /proc/$PPID/task/*; do
        case " $(cat $t/children 2>/dev/null) " in
          *" $$ "*) case "$(cat $t/comm)" in kiln-process-st*) n=$((n + 1));; *) n=bad;; esac;;
        esac
      done
      echo $n
      """;

  private static boolean isRunning(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (java.io.IOException e) {
      return false;
    }
  }

  private static void touch(Path file) {
    try {
      Files.createFile(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Command sh(String script) {
    var env = new TreeMap<>(java.util.Map.of("PATH", "/usr/bin:/bin"));
    return new Command(List.of("/bin/sh", "-c", script), dir, env);
  }

  private static SortedMap<String, String> none() {
    return new TreeMap<>();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
