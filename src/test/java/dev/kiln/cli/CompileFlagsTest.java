package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.CompileOptions.Filter.Lib;
import dev.kiln.plan.CompileOptions.Filter.Names;
import dev.kiln.plan.CompileOptions.Intent;
import dev.kiln.report.MessageFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompileFlagsTest {
  private static Arguments parse(Command command, String... args) throws Exception {
    return new ArgumentParser(command.syntax()).parse(List.of(args));
  }

  private static CompileOptions compile(String... args) throws Exception {
    return CompileFlags.compile(Intent.BUILD, parse(new CompileCommand(Intent.BUILD), args));
  }

  @Test
  void splitsFeaturesAtCommasAndSpaces() throws Exception {
    assertThat(compile("-F", "a,b", "--features", "c d,,e", "-Ff").features().features())
        .containsExactly("a", "b", "c", "d", "e", "f");
  }

  @Test
  void readsEverySelection() throws Exception {
    var options =
        compile(
            "-p",
            "x",
            "-py@1.0",
            "--package=z*",
            "--lib",
            "--bin",
            "one",
            "--bin=t*",
            "--examples",
            "--target",
            "a",
            "--target=b",
            "-r",
            "--all-features",
            "--ignore-rust-version");
    assertThat(options.packages().specs()).containsExactly("x", "y@1.0", "z*");
    assertThat(options.filter().lib()).isEqualTo(Lib.REQUIRED);
    assertThat(options.filter().bins()).isEqualTo(new Names(false, List.of("one", "t*")));
    assertThat(options.filter().examples()).isEqualTo(new Names(true, List.of()));
    assertThat(options.filter().tests().isNone()).isTrue();
    assertThat(options.targets()).containsExactly("a", "b");
    assertThat(options.profile()).isEqualTo("release");
    assertThat(options.features().all()).isTrue();
    assertThat(options.ignoreRustVersion()).isTrue();
  }

  @Test
  void allIsAnotherWordForWorkspace() throws Exception {
    var packages = compile("--all", "--exclude", "a", "--exclude", "b").packages();
    assertThat(packages.workspace()).isTrue();
    assertThat(packages.exclude()).containsExactly("a", "b");
  }

  @Test
  void noFilterIsNoFilter() throws Exception {
    assertThat(compile("-v").filter()).isEqualTo(CompileOptions.Filter.NONE);
  }

  @Test
  void repeatedSwitchesAreCounted() throws Exception {
    var command = new CompileCommand(Intent.BUILD);
    assertThat(parse(command, "-v").all("--verbose")).hasSize(1);
    assertThat(parse(command, "-vv").all("--verbose")).hasSize(2);
    assertThat(parse(command, "-v", "--lib", "--verbose").all("--verbose")).hasSize(2);
  }

  @Test
  void jobsMayBeNegative() throws Exception {
    var command = new CompileCommand(Intent.BUILD);
    assertThat(parse(command, "-j", "-2").find("--jobs")).hasValue("-2");
    assertThat(parse(command, "-j-2", "--lib").find("--jobs")).hasValue("-2");
    assertThat(parse(command, "-j4").find("--jobs")).hasValue("4");
  }

  @Test
  void timingsTakesAFileOnlyWithAnEqualsSign() throws Exception {
    var command = new CompileCommand(Intent.BUILD);
    assertThat(parse(command, "--timings", "--lib").find("--timings")).hasValue("");
    assertThat(parse(command, "--timings=t.html").find("--timings")).hasValue("t.html");
  }

  @Test
  void whatFollowsTheFirstOperandOfRunIsTheProgrammes() throws Exception {
    assertThat(parse(new RunCommand(), "-q", "foo", "-v", "--", "bar").rest())
        .containsExactly("foo", "-v", "--", "bar");
    assertThat(parse(new RunCommand(), "--bin", "b", "--", "foo", "--", "bar").rest())
        .containsExactly("foo", "--", "bar");
    assertThat(parse(new RunCommand(), "-rqpx", "foo", "-r").all("--package")).containsExactly("x");
  }

  @Test
  void messageFormatsCombineAsCargos() throws Exception {
    assertThat(CompileFlags.messageFormat(List.of())).isEqualTo(MessageFormat.HUMAN);
    assertThat(CompileFlags.messageFormat(List.of("short"))).isEqualTo(MessageFormat.SHORT);
    assertThat(CompileFlags.messageFormat(List.of("JSON"))).isEqualTo(MessageFormat.JSON);
    assertThat(
            CompileFlags.messageFormat(
                List.of("json,json-diagnostic-short", "json-render-diagnostics")))
        .isEqualTo(new MessageFormat(true, true, false, true));
    assertThat(CompileFlags.messageFormat(List.of("json-diagnostic-rendered-ansi")))
        .isEqualTo(new MessageFormat(true, false, true, false));
  }
}
