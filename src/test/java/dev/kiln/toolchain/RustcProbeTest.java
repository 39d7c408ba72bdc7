package dev.kiln.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.Needs;
import dev.kiln.manifest.CfgExpr.Cfg;
import dev.kiln.memo.Memo;
import dev.kiln.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Asks the rustc of this machine.
@Needs("rustc")
class RustcProbeTest {
  @TempDir Path directory;

  private final AtomicInteger runs = new AtomicInteger();
  private InstalledRustc rustc;

  @BeforeEach
  void find() throws Exception {
    var choice = new RustcChoice(directory, new TreeMap<>(System.getenv()), null, null);
    rustc = new RustcFinder(new Memo(directory.resolve("cache")), this::run).find(choice);
    runs.set(0);
  }

  @Test
  void theHostIsWhatRustcSays() throws Exception {
    var info = ask(null);

    assertThat(info.triple()).isEqualTo(rustc.version().host());
    assertThat(info.cfgs()).contains(new Cfg("unix", null), new Cfg("target_os", "linux"));
    assertThat(info.cfgs()).extracting(Cfg::name).doesNotContain("proc_macro");
    assertThat(info.cfgs()).extracting(Cfg::name).contains("debug_assertions");
    assertThat(info.pattern("rlib")).isEqualTo(new TargetInfo.FilePattern("lib", ".rlib"));
    assertThat(info.pattern("bin")).isEqualTo(new TargetInfo.FilePattern("", ""));
    assertThat(info.pattern("proc-macro")).isEqualTo(new TargetInfo.FilePattern("lib", ".so"));
    assertThat(info.splitDebuginfo()).contains("off", "packed", "unpacked");
  }

  @Test
  void unsupportedCrateTypesHaveNoName() throws Exception {
    var info = ask("wasm32-unknown-unknown");

    assertThat(info.pattern("dylib")).isNull();
    assertThat(info.pattern("proc-macro")).isNull();
    assertThat(info.pattern("bin")).isEqualTo(new TargetInfo.FilePattern("", ".wasm"));
    assertThat(info.pattern("staticlib")).isEqualTo(new TargetInfo.FilePattern("lib", ".a"));
  }

  @Test
  void namesFollowTheTarget() throws Exception {
    var info = ask("x86_64-pc-windows-msvc");

    assertThat(info.pattern("bin")).isEqualTo(new TargetInfo.FilePattern("", ".exe"));
    assertThat(info.pattern("rlib")).isEqualTo(new TargetInfo.FilePattern("lib", ".rlib"));
    assertThat(info.pattern("staticlib")).isEqualTo(new TargetInfo.FilePattern("", ".lib"));
  }

  @Test
  void flagsCount() throws Exception {
    var plain = ask(null);
    var flagged = ask(null, "--cfg", "special", "-Ctarget-feature=+crt-static");

    assertThat(plain.cfgs()).doesNotContain(new Cfg("special", null));
    assertThat(flagged.cfgs())
        .contains(new Cfg("special", null), new Cfg("target_feature", "crt-static"));
  }

  @Test
  void theSecondQuestionStartsNoProcess() throws Exception {
    var first = List.of(ask(null), ask("wasm32-unknown-unknown"), ask(null, "--cfg", "a"));
    assertThat(runs).hasValue(3);

    assertThat(List.of(ask(null), ask("wasm32-unknown-unknown"), ask(null, "--cfg", "a")))
        .isEqualTo(first);
    assertThat(runs).hasValue(3);
  }

  @Test
  void theEnvironmentOfRustcCounts() throws Exception {
    ask(null);
    var choice = new TreeMap<>(Collections.singletonMap("RUSTC_BOOTSTRAP", "1"));
    new RustcProbe(memo(), this::run, new TreeMap<>(System.getenv()), choice, directory)
        .target(Compiler.of(rustc), null, List.of());

    assertThat(runs).hasValue(2);
  }

  @Test
  void anUnknownTargetFailsInCargosWords() {
    assertThatThrownBy(() -> ask("no-such-target"))
        .isInstanceOf(KilnException.class)
        .hasMessage("failed to run `rustc` to learn about target-specific information")
        .cause()
        .hasMessageContaining("process didn't exit successfully: `rustc - --crate-name ___")
        .hasMessageContaining("no-such-target");
  }

  @Test
  void aCustomTargetsFileIsPartOfTheQuestion() {
    assertThatThrownBy(() -> ask("missing.json"))
        .hasMessageContaining(directory.resolve("missing.json").toString());
  }

  @Test
  void aCompilerIsStartedByItsOwnDynamicLinker() throws Exception {
    var machine = new FakeMachine();
    machine.write("/t/bin/rustc", "a script");
    machine.write("/t/libexec/rustc", "the compiler");
    var loaded =
        new InstalledRustc(
            "debian-12",
            machine.path("/t/bin/rustc"),
            machine.path("/t"),
            RustcVersion.parse(FakeMachine.VERSION),
            List.of("/t/lib/ld.so", "--library-path", "/t/lib"));

    assertThat(Compiler.of(loaded).command())
        .containsExactly("/t/lib/ld.so", "--library-path", "/t/lib", "/t/libexec/rustc");
  }

  @Test
  void aCustomTargetIsNamedByItsFile() throws Exception {
    Files.writeString(directory.resolve("my-os.json"), "{\"llvm-target\": \"x86_64-none\"}");
    var machine = new FakeMachine();
    var compiler = new Compiler(List.of("/r"), "host", "id");
    var types = " --crate-type bin --crate-type rlib --crate-type dylib --crate-type cdylib";
    machine.answer(
        "/r - --crate-name ___ --print=file-names --target my-os.json -Zunstable-options"
            + types
            + " --crate-type staticlib --crate-type proc-macro --print=split-debuginfo"
            + " --print=crate-name --print=cfg -Wwarnings",
        0,
        "___.elf\nlib___.rlib\nlib___.a\noff\n___\ntarget_os=\"mine\"\n",
        """
        warning: dropping unsupported crate type `dylib` for target `my-os`
        warning: dropping unsupported crate type `cdylib` for target `my-os`
        warning: dropping unsupported crate type `proc-macro` for target `my-os`
        """);
    var probe = new RustcProbe(memo(), machine, new TreeMap<>(), new TreeMap<>(), directory);

    var info = probe.target(compiler, "my-os.json", List.of());

    assertThat(info.triple()).isEqualTo("my-os");
    assertThat(info.machine()).isEqualTo("x86_64-none");
    assertThat(info.pattern("bin")).isEqualTo(new TargetInfo.FilePattern("", ".elf"));
    assertThat(info.cfgs()).containsExactly(new Cfg("target_os", "mine"));
    Files.writeString(directory.resolve("my-os.json"), "{ }");
    assertThat(probe.target(compiler, "my-os.json", List.of()).machine()).isEqualTo("my-os");
    assertThat(machine.questions)
        .hasSize(2)
        .allMatch(question -> question.environment().containsKey("RUSTC_BOOTSTRAP"));
  }

  @Test
  void nativeBecomesTheCpusName() throws Exception {
    var probe =
        new RustcProbe(
            memo(), this::run, new TreeMap<>(System.getenv()), new TreeMap<>(), directory);
    var flags = List.of("-Ctarget-cpu=native", "-C", "target-cpu=native", "--cfg", "native");

    var resolved = probe.withoutNative(Compiler.of(rustc), null, flags);

    assertThat(resolved.get(0)).matches("-Ctarget-cpu=[a-z0-9_.-]+").doesNotContain("=native");
    assertThat(resolved.get(2)).isEqualTo(resolved.get(0).substring(2));
    assertThat(resolved.subList(3, 5)).containsExactly("--cfg", "native");
  }

  private TargetInfo ask(@Nullable String target, String... flags)
      throws KilnException, InterruptedException {
    return new RustcProbe(
            memo(), this::run, new TreeMap<>(System.getenv()), new TreeMap<>(), directory)
        .target(Compiler.of(rustc), target, List.of(flags));
  }

  private Memo memo() {
    return new Memo(directory.resolve("cache"));
  }

  private Runner.Answer run(Runner.Question question) throws KilnException, InterruptedException {
    runs.incrementAndGet();
    var captured =
        new Command(question.argv(), question.directory(), question.environment()).capture();
    return new Runner.Answer(captured.exit().code(), captured.stdout(), captured.stderr());
  }
}
