package dev.kiln.sandbox;

import static dev.kiln.sandbox.Workbench.env;
import static dev.kiln.sandbox.Workbench.mounts;
import static dev.kiln.sandbox.Workbench.request;
import static dev.kiln.sandbox.Workbench.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.builder.Beside;
import dev.kiln.builder.BuildListener;
import dev.kiln.builder.BuildOutcome;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.Isolation;
import dev.kiln.builder.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a builder finds, on every rung that this machine allows and without isolation.
@Timeout(60)
class LocalBuilderTest {
  @TempDir static Path scratch;
  @TempDir Path dir;

  private static List<Rung> rungs = List.of();
  private Workbench bench;

  @BeforeAll
  static void climb() throws Exception {
    rungs = new ArrayList<>(Workbench.rungs(scratch));
    rungs.add(Rung.NONE);
  }

  static List<Rung> rungs() {
    return rungs;
  }

  @BeforeEach
  void open() throws Exception {
    bench = new Workbench(dir);
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void givesBackWhatTheBuilderWrote(Rung rung) throws Exception {
    var run = bench.run(rung, script("echo hello >greeting; echo said; echo error >&2"));
    assertThat(run.stderr()).containsExactly("error");
    assertThat(run.stdout()).containsExactly("said");
    assertThat(run.outcome().isolation()).isEqualTo(rung.isolation());
    assertThat(run.output().resolve("greeting")).hasContent("hello");
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void theExitCodeIsAValue(Rung rung) throws Exception {
    assertThat(bench.run(rung, script("exit 1")).exit()).isEqualTo(1);
    assertThat(bench.run(rung, script("exit 127")).exit()).isEqualTo(127);
    assertThat(bench.run(rung, script("sh -c 'kill -ABRT $$'")).exit()).isEqualTo(128 + 6);
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void theEnvironmentIsTheRequestsAndNothingElse(Rung rung) throws Exception {
    var env = new TreeMap<>(Map.of("A", "1", "odd name.x", "=%'\"\n", "EMPTY", ""));
    var run = bench.run(rung, request(List.of("/usr/bin/env", "-0"), env, "/build/out", mounts()));
    assertThat(String.join("\n", run.stdout()).split("\0"))
        .containsExactlyInAnyOrder("A=1", "odd name.x==%'\"\n", "EMPTY=");
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void argumentsArriveWhole(Rung rung) throws Exception {
    var big = "x".repeat(100_000);
    var argv = new ArrayList<>(List.of("/usr/bin/printf", "%s\\n", "größe", "a b", "", "'\"$`\\"));
    argv.add(big);
    var run = bench.run(rung, request(argv, env(), "/build/out", mounts()));
    assertThat(run.stdout()).containsExactly("größe", "a b", "", "'\"$`\\", big);
  }

  /// Bubblewrap takes 9,000 words, and no name with `=` in it.
  @ParameterizedTest
  @MethodSource("rungs")
  void moreVariablesAndMountsThanBubblewrapTakesAreFine(Rung rung) throws Exception {
    var object = bench.object("small", Map.of("a b", "A\n"));
    var more = new ArrayList<Mount>();
    for (var i = 0; i < 150; i++) {
      more.add(new Mount.Tree("/build/many/" + i + " \\x", object, ""));
    }
    more.add(new Mount.Scratch("/build/many/150"));
    var env = env();
    for (var i = 0; i < 3000; i++) {
      env.put("V" + i, "" + i);
    }
    env.put("x=y", "z");
    var test = "cat '/build/many/149 \\x/a b'; echo >/build/many/150/w; echo $V2999; env | grep ^x";
    var run =
        bench.run(
            rung,
            request(
                List.of("/bin/sh", "-c", test),
                env,
                "/build/out",
                mounts(more.toArray(Mount[]::new))));
    assertThat(run.stderr()).isEmpty();
    assertThat(run.stdout()).containsExactly("A", "2999", "x=y=z");
    assertThat(run.outcome().isolation()).isNotEqualTo(Isolation.BUBBLEWRAP);
    var touched =
        bench.run(
            rung,
            request(
                List.of("/bin/sh", "-c", "echo >>'/build/many/7 \\x/a b'"),
                env,
                "/build/out",
                mounts(more.toArray(Mount[]::new))));
    assertThat(touched.exit()).isEqualTo(rung.means() == Rung.Means.NOTHING ? 0 : 2);
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void aScratchDirectorysFilesAreTheBuildersOwn(Rung rung) throws Exception {
    var files = new TreeMap<>(Map.of(".attr", "text\n"));
    var run =
        bench.run(
            rung,
            script(
                "cd /build/s; stat -c %a .attr; echo more >>.attr; cat .attr; rm .attr",
                new Mount.Scratch("/build/s", 0700, files)));
    assertThat(run.stderr()).isEmpty();
    assertThat(run.stdout()).containsExactly("644", "text", "more");
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void oneStreamKeepsTheOrder(Rung rung) throws Exception {
    var two = script("for i in 1 2 3; do echo $i; echo e$i >&2; done");
    var one =
        new BuildRequest(
            two.name(), two.argv(), two.env(), two.cwd(), two.mounts(), two.network(), true);
    assertThat(bench.run(rung, one).stderr()).containsExactly("1", "e1", "2", "e2", "3", "e3");
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void mountsShowStoreObjectsFilesLinksAndTexts(Rung rung) throws Exception {
    var object = bench.object("x", Map.of("a", "A\n", "sub/größe", "B\n", "sub/c", "C\n"));
    var run =
        bench.run(
            rung,
            script(
                "cat /build/x/a /build/sub/größe /build/one /build/farm/lib /build/text/t"
                    + " /build/via/a; /build/text/run; cat deps/beside; echo D >deps/own",
                new Mount.Tree("/build/x", object, ""),
                new Mount.Tree("/build/sub", object, "sub"),
                new Mount.Tree("/build/one", object, "sub/c"),
                new Mount.Links("/build/farm", List.of(new Mount.Link("lib", object, "a"))),
                new Mount.Text("/build/text/t", "T\n", false),
                new Mount.Text("/build/text/run", "#!/bin/sh\necho R\n", true),
                new Mount.Symlink("/build/via", "x"),
                new Mount.Output("/build/out", "out", List.of()),
                new Mount.Output(
                    "/build/out/deps", "deps", List.of(new Mount.Link("beside", object, "a")))));
    assertThat(run.stderr()).isEmpty();
    assertThat(run.stdout()).containsExactly("A", "B", "C", "A", "T", "A", "R", "A");
    var outputs = ((BuildOutcome.Built) run.outcome()).outputs();
    assertThat(outputs.get("deps")).isDirectoryContaining("glob:**/own");
    assertThat(outputs.get("deps")).isDirectoryNotContaining("glob:**/beside");
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void anOutputParentHoldsInputsAndWhatTheBuilderMakes(Rung rung) throws Exception {
    var object = bench.object("input", Map.of("a", "A\n"));
    var at = "/nix/store";
    var request =
        script(
            "cat $S/in/a; echo file >$S/one; mkdir $S/two; ln -s one $S/three; echo >$S/junk",
            new Mount.OutputParent(
                at,
                new TreeMap<>(Map.of("one", "out", "two", "dev", "three", "lib", "four", "doc"))),
            new Mount.Tree(at + "/in", object, ""));
    var env = env();
    env.put("S", at);
    var run = bench.run(rung, request(request.argv(), env, request.cwd(), request.mounts()));
    assertThat(run.stderr()).isEmpty();
    assertThat(run.stdout()).containsExactly("A");
    var outputs = ((BuildOutcome.Built) run.outcome()).outputs();
    assertThat(outputs.get("out")).hasContent("file");
    assertThat(outputs.get("dev")).isDirectory();
    assertThat(outputs.get("lib")).isSymbolicLink();
    assertThat(outputs).doesNotContainKey("doc");
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void standardInputIsEmptyAndOnlyTheJobserverIsOpen(Rung rung) throws Exception {
    var fifo = dir.resolve("jobs");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    var script = "cat; printf x >&9; head -c1 <&8; echo; ls /proc/self/fd | tr '\\n' ' '";
    var run = bench.run(rung, script(script), new Beside(new TreeMap<>(), fifo, false));
    assertThat(run.stdout()).containsExactly("x", "0 1 2 3 8 9 ");
    assertThat(bench.run(rung, script("ls /proc/self/fd | tr '\\n' ' '")).stdout())
        .containsExactly("0 1 2 3 ");
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void whatIsBesideIsInTheEnvironmentToo(Rung rung) throws Exception {
    var beside = new Beside(new TreeMap<>(Map.of("NUM_JOBS", "7")), null, false);
    assertThat(bench.run(rung, script("echo $NUM_JOBS"), beside).stdout()).containsExactly("7");
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void aFailedRunsDirectoryIsKeptOnRequest(Rung rung) throws Exception {
    var beside = new Beside(new TreeMap<>(), null, true);
    var run = bench.run(rung, script("echo half >half; exit 3"), beside);
    var kept = ((BuildOutcome.Failed) run.outcome()).kept();
    try (var files = Files.walk(kept)) {
      assertThat(files.map(file -> file.getFileName().toString())).contains("half");
    }
    var gone = (BuildOutcome.Failed) bench.run(rung, script("exit 3")).outcome();
    assertThat(gone.kept()).isNull();
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void aMissingInputOrProgramIsNamed(Rung rung) throws Exception {
    var missing = request(List.of("/build/no/such"), env(), "/build/out", mounts());
    assertThatThrownBy(() -> bench.run(rung, missing))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("/build/no/such");
    var host = script("true", new Mount.Host("/build/here", dir.resolve("absent")));
    assertThatThrownBy(() -> bench.run(rung, host)).hasMessageContaining("absent");
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void anInterruptEndsEveryProcessAndLeavesNothing(Rung rung) throws Exception {
    var marker = "kiln-interrupt-" + UUID.randomUUID();
    var started = new CountDownLatch(1);
    var listener =
        new BuildListener() {
          @Override
          public void stdout(byte[] line) {
            started.countDown();
          }
        };
    var script = "setsid sh -c 'sleep 600; : " + marker + "' & sleep 0.1; echo go; sleep 601";
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var run =
          threads.submit(
              () -> bench.builder(rung).build(script(script), Beside.nothing(), listener));
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(HostileRun.isRunning(marker)).isTrue();
      run.cancel(true);
    }
    assertThat(HostileRun.isRunning(marker)).isFalse();
    try (var staged = Files.walk(bench.store.root())) {
      assertThat(staged.map(path -> path.getFileName().toString())).doesNotContain("start.sh");
    }
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void manyRunAtATimeAndFloodTheirStreams(Rung rung) throws Exception {
    var flood = "head -c 300000 /dev/zero | tr '\\0' '\\n' >&2; head -c 100000 /dev/zero; echo $N";
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    try (threads) {
      var runs = new ArrayList<Future<Workbench.Run>>();
      for (int i = 0; i < 8; i++) {
        var env = env();
        env.put("N", "-" + i);
        var request = script(flood);
        var numbered = request(request.argv(), env, request.cwd(), request.mounts());
        runs.add(threads.submit(() -> bench.run(rung, numbered)));
      }
      for (int i = 0; i < runs.size(); i++) {
        var run = runs.get(i).get();
        assertThat(run.stderr()).hasSize(300_000);
        assertThat(run.stdout()).hasSize(1);
        assertThat(run.stdout().getFirst()).endsWith("\0-" + i).hasSizeGreaterThan(100_000);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void noDescriptorAndNoDirectoryIsLeftOpen(Rung rung) throws Exception {
    bench.run(rung, script("true"));
    long before = descriptors();
    for (int i = 0; i < 5; i++) {
      bench.run(rung, script("true"));
    }
    assertThat(descriptors()).isLessThanOrEqualTo(before + 2);
  }

  private static long descriptors() throws Exception {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  @ParameterizedTest
  @MethodSource("sandboxes")
  void aMountBelowAReadOnlyOneNeedsAPlace(Rung rung) throws Exception {
    var object = bench.object("x", Map.of("there", "old\n"));
    var tree = new Mount.Tree("/build/x", object, "");
    var over = script("cat /build/x/there", tree, new Mount.Text("/build/x/there", "new\n", false));
    assertThat(bench.run(rung, over).stdout()).containsExactly("new");
    var absent = script("true", tree, new Mount.Text("/build/x/absent", "new\n", false));
    assertThatThrownBy(() -> bench.run(rung, absent)).hasMessageContaining("/build/x/absent");
    var twice = script("true", tree, tree);
    assertThatThrownBy(() -> bench.run(rung, twice)).hasMessageContaining("/build/x");
    for (var at : List.of("/", "relative", "/a/../b", "/a//b", "/proc/x", "/dev")) {
      var odd = script("true", new Mount.Scratch(at));
      assertThatThrownBy(() -> bench.run(rung, odd)).hasMessageContaining(at);
    }
  }

  @ParameterizedTest
  @MethodSource("sandboxes")
  void aBuilderThatSwapsADirectoryForALinkReachesNothing(Rung rung) throws Exception {
    var outside = Files.createDirectories(dir.resolve("outside/empty"));
    var swap = "mv ../scratch/a ../scratch/b; ln -s " + outside.getParent() + " ../scratch/a";
    var run =
        bench.run(
            rung,
            script(
                swap,
                new Mount.Output("/build/scratch", "scratch", List.of()),
                new Mount.Output("/build/out", "out", List.of()),
                new Mount.Scratch("/build/scratch/a/empty")));
    assertThat(outside).isDirectory();
    assertThat(run.outcome()).isInstanceOf(BuildOutcome.class);
  }

  static List<Rung> sandboxes() {
    return rungs.stream().filter(rung -> !rung.equals(Rung.NONE)).toList();
  }
}
