package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `kiln test` and `kiln bench` beside `cargo` on one workspace, whose tests look at the paths they
/// were compiled with, write to their package, start its program and use the network: the same
/// tests run, with the same results, errors and exit codes.
@Needs({"rustc", "cargo", "cc", "bwrap"})
class RunningTestsIT {
  @TempDir static Path temp;
  private static KilnProgram kiln;
  private static Path workspace;

  @BeforeAll
  static void aCopyOfTheFixture() throws Exception {
    kiln = new KilnProgram(temp.resolve("places"));
    workspace = KilnProgram.copyFixture("tested", temp.resolve("tested"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "test --workspace",
        "test --workspace --features broken --no-fail-fast",
        "test --features broken -q",
        "test finds_it -- --exact --nocapture",
        "test -p macros",
        "test --doc no_such_test",
        "test --no-run --all-targets",
        "test --doc --no-run",
        "bench named -- more",
      })
  void whatCargoRuns(String line) throws Exception {
    same(line, Map.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "101", "abort"})
  void howAProgramEnds(String end) throws Exception {
    same("bench --bench plain", Map.of("END", end));
  }

  @Test
  void nothingIsCompiledTwice() throws Exception {
    assertThat(kiln.run(workspace, "test", "--offline").code()).isZero();

    var again = kiln.run(workspace, "test", "--offline");

    assertThat(again.code()).isZero();
    assertThat(again.err()).contains("nothing to do");
  }

  @Test
  void resultsOfUnisolatedBuildersAreNotTaken() throws Exception {
    var root = temp.resolve("unisolated");
    KilnProgram.write(root.resolve("Cargo.toml"), "[package]\nname = 'where'\nedition = '2021'\n");
    KilnProgram.write(
        root.resolve("src/main.rs"),
        "fn main() { println!(\"{}\", env!(\"CARGO_MANIFEST_DIR\")); }\n");
    assertThat(kiln.run(root, "build", "--offline", "--no-sandbox").code()).isZero();

    assertThat(kiln.run(root, "run", "--offline").out()).isEqualTo("/build/ws\n");
    var again = kiln.build(root, "--offline", "--no-sandbox");
    assertThat(again.report().built()).as("the other way round they are").isZero();
  }

  private static void same(String line, Map<String, String> environment) throws Exception {
    var words = List.of(line.split(" "));
    var command = new ArrayList<>(List.of("cargo"));
    command.addAll(words);
    var cargo = kiln.start(workspace, environment, command);
    Files.deleteIfExists(workspace.resolve("data/written"));

    var own = kiln.run(workspace, environment, words.toArray(String[]::new));

    assertThat(own.code()).as(own.err()).isEqualTo(cargo.code());
    assertThat(lines(own.out())).isEqualTo(lines(cargo.out()));
    assertThat(told(own.err())).isEqualTo(told(cargo.err()));
  }

  /// What tests print comes in any order.
  private static List<String> lines(String text) {
    return text.lines()
        .map(line -> line.replaceAll("\\d+\\.\\d+s", "TIME").replaceAll(" \\(\\d+\\)", ""))
        .filter(line -> !line.startsWith("all doctests ran"))
        .sorted()
        .toList();
  }

  /// What is said of the run of tests, without the places of programs.
  private static List<String> told(String text) {
    return text.lines()
        .filter(line -> !line.matches(" +(Compiling|Finished|Blocking) .*"))
        .map(line -> line.replaceAll("\\([^ ]*/([^/]+?)(-\\p{XDigit}{16})?\\)", "($1)"))
        .map(line -> line.replaceAll("`/[^ ]*/([^/ ]+?)(-\\p{XDigit}{16})? ", "`$1 "))
        .toList();
  }
}
