package dev.kiln.cli;

import static dev.kiln.cli.CommandLines.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KilnTest {
  @TempDir Path cwd;

  /// The first lines are those of Cargo 1.95 for the same words.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          build --bogus | 1 | unexpected argument '--bogus' found
          build --realease | 1 | unexpected argument '--realease' found
          build --features --bogus | 1 | unexpected argument '--bogus' found
          build --config=-x extra | 1 | unexpected argument 'extra' found
          build -C=--bogus extra | 1 | unexpected argument 'extra' found
          build -p --bogus | 1 | unexpected argument '--bogus' found
          build extra | 1 | unexpected argument 'extra' found
          build -- x | 1 | unexpected argument 'x' found
          doc2 | 101 | no such command: `doc2`
          bulid | 101 | no such command: `bulid`
          help frob | 101 | no such command: `frob`
          build --bin | 101 | "--bin" takes one argument.
          build --bin --lib | 101 | "--bin" takes one argument.
          build -F | 1 | a value is required for '--features <FEATURES>' but none was supplied
          build --features | 1 | a value is required for '--features <FEATURES>' but none was supplied
          build --features --lib | 1 | a value is required for '--features <FEATURES>' but none was supplied
          build -j | 1 | a value is required for '--jobs <N>' but none was supplied
          build -j 0 | 101 | jobs may not be 0
          build -j x | 101 | could not parse `x`. Number of parallel jobs should be `default` or a number.
          build -j99999999999 | 101 | could not parse `99999999999`. Number of parallel jobs should be `default` or a number.
          build --profile | 1 | a value is required for '--profile <PROFILE-NAME>' but none was supplied
          build --message-format xx | 1 | invalid value 'xx' for '--message-format <FMT>'
          build --message-format json,short | 101 | cannot specify two kinds of `message-format` arguments
          build --message-format short,human | 101 | cannot specify two kinds of `message-format` arguments
          build --message-format short,json-diagnostic-short | 101 | cannot specify two kinds of `message-format` arguments
          build --message-format json --message-format short | 101 | cannot specify two kinds of `message-format` arguments
          --bogus | 1 | unexpected argument '--bogus' found
          --color xx build | 1 | invalid value 'xx' for '--color <WHEN>'
          build -r --profile dev | 1 | the argument '--release' cannot be used with '--profile <PROFILE-NAME>'
          build --locked=true | 1 | unexpected value 'true' for '--locked' found; no more were expected
          build -q -v | 101 | cannot set both --verbose and --quiet
          -q build -v | 101 | cannot set both --verbose and --quiet
          build --lib --lib | 1 | the argument '--lib' cannot be used multiple times
          build --exclude a | 101 | --exclude can only be used together with --workspace
          build --profile doc | 101 | profile `doc` is reserved and not allowed to be explicitly specified
          install | 101 | nothing to install was named
          install --path . --git x | 1 | the argument '--path' cannot be used with '--git'
          install --root | 1 | a value is required for '--root <DIR>' but none was supplied
          install ripgrep@15 | 1 | invalid value 'ripgrep@15' for '[CRATE[@<VER>]]...': `15` is not a semantic version
          plan --format xml | 1 | invalid value 'xml' for '--format <FORMAT>'
          build --timings | 1 | `--timings` is not in kiln 0.1.0 yet
          build --timings=x | 1 | `--timings` is not in kiln 0.1.0 yet
          log | 1 | the following required arguments were not provided: <UNIT>
          log a b | 1 | unexpected argument 'b' found
          plan build check | 1 | unexpected argument 'check' found
          test x y | 1 | unexpected argument 'y' found
          test --doc --lib | 101 | can't mix --doc with other target selecting options
          test --doc --no-run | 101 | can't skip running doc tests with --no-run
          doc --all-targets | 1 | unexpected argument '--all-targets' found
          fetch --bin | 1 | unexpected argument '--bin' found
          run --bins | 1 | unexpected argument '--bins' found
          build --offline --offline | 1 | the argument '--offline' cannot be used multiple times
          """)
  void saysWhatIsWrongInCargosWords(String words, int code, String message) {
    var ran = kiln(cwd, words.split(" "));
    assertThat(ran.err().lines().findFirst()).hasValue("error: " + message);
    assertThat(ran.code()).isEqualTo(code);
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void namesTheFlagThatWasProbablyMeant() {
    assertThat(kiln(cwd, "build", "--realease").err())
        .contains("hint: a similar argument exists: '--release'")
        .contains("Usage: kiln build [OPTIONS]");
  }

  @Test
  void namesTheCommandThatWasProbablyMeant() {
    assertThat(kiln(cwd, "bulid").err())
        .contains("hint: a command with a similar name exists: `build`");
  }

  @Test
  void refusesByNameWhatIsForLater() {
    var ran = kiln(cwd, "why", "--anything");
    assertThat(ran.code()).isEqualTo(101);
    assertThat(ran.err()).startsWith("error: `kiln why` is not in kiln " + Kiln.VERSION + " yet");
  }

  @Test
  void refusesCargosFlagsThatHaveNoMeaningHere() {
    var ran = kiln(cwd, "build", "--target-dir", "x");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).startsWith("error: `--target-dir` is not supported: ");
  }

  @Test
  void sendsRustupsToolchainWordsToTheFlag() {
    var ran = kiln(cwd, "+nightly", "build");
    assertThat(ran.code()).isEqualTo(101);
    assertThat(ran.err()).contains("hint: use `--toolchain nightly`");
  }

  @Test
  void printsVersionListAndHelp() {
    assertThat(kiln(cwd, "--version").out()).startsWith("kiln 0.1.0 (");
    assertThat(kiln(cwd, "-V").out()).isEqualTo(kiln(cwd, "build", "--version").out());
    assertThat(kiln(cwd, "--list").out()).contains("    build, b ");
    assertThat(kiln(cwd).out()).isEqualTo(kiln(cwd, "--help").out()).contains("Commands:");
    assertThat(kiln(cwd, "help", "b").out())
        .isEqualTo(kiln(cwd, "build", "--bogus", "-h").out())
        .contains("Usage: kiln build [OPTIONS]")
        .contains("  -F, --features <FEATURES>");
  }

  @Test
  void changesTheDirectoryOnlyToOneThatExists() {
    var ran = kiln(cwd, "-C", "nowhere", "build");
    assertThat(ran.code()).isEqualTo(101);
    assertThat(ran.err()).startsWith("error: could not change to the directory `nowhere`");
  }

  @Test
  void acceptsTwoUnstableFlags() {
    assertThat(kiln(cwd, "build", "-Z", "minimal-versions").err())
        .startsWith("error: the `-Z` flag is only accepted on the nightly channel of Cargo");
    assertThat(kiln(cwd, "-Zunstable-options", "-Zbuild-std=std", "--version").code()).isZero();
  }

  @Test
  void aliasesOfTheConfigurationStandForArguments() throws IOException {
    Files.createDirectory(cwd.resolve(".cargo"));
    Files.writeString(
        cwd.resolve(".cargo/config.toml"),
        """
        [alias]
        rr = "build --release --profile dev"
        v = ["--version"]
        loop = "loop2"
        loop2 = "loop"
        build = "run"
        """);
    assertThat(kiln(cwd, "rr").err())
        .startsWith("warning: user-defined alias `build` is ignored")
        .contains("\nerror: the argument '--release' cannot be used");
    assertThat(kiln(cwd, "v", "--verbose").out()).startsWith("kiln 0.1.0");
    assertThat(kiln(cwd, "loop").err())
        .startsWith(
            "error: alias loop has unresolvable recursive definition: loop -> loop2 -> loop");
    assertThat(kiln(cwd, "build", "--help").out()).contains("Usage: kiln build");
  }

  @Test
  void theDoctorSaysWhatIsLackingAndHowToMendIt() {
    var healthy = kiln(cwd, "doctor", "--store", "store", "--target", "riscv64-nowhere");
    assertThat(healthy.out())
        .containsPattern("(?m)^ok +java +\\d")
        .containsPattern("(?m)^ok +store +" + cwd.resolve("store"))
        .containsPattern("(?m)^(ok|warning) +space +.*\\d+ MiB free");
    var bare = kiln(cwd, Map.of("PATH", "/nowhere", "RUSTUP_HOME", "/nowhere"), List.of("doctor"));
    assertThat(bare.out()).containsPattern("(?m)^LACKING  rustc ").contains("hint: ");
    assertThat(bare.code()).isEqualTo(101);
  }

  @Test
  void operandsMayStandBetweenOptions() throws Exception {
    var syntax = Syntax.of(Syntax.Operands.many("<PATH>...", 1));
    var arguments = new ArgumentParser(syntax).parse(List.of("a", "-q", "b", "--store=-s", "c"));
    assertThat(arguments.operands()).containsExactly("a", "b", "c");
    assertThat(arguments.find("--store")).contains("-s");
  }

  @Test
  void theStoreKeepsItsLogicalDirectory() throws Exception {
    Store.open(cwd.resolve("s"), new StoreDir("/other/store"));
    var settings =
        new Globals(Arguments.NONE, Arguments.NONE)
            .settings(CommandLines.world(cwd, Map.of("KILN_STORE", "s")));
    assertThat(settings.places().storeDir()).isEqualTo(new StoreDir("/other/store"));
    assertThat(settings.places().storeRoot()).isEqualTo(cwd.resolve("s"));
    assertThat(settings.places().cache()).isEqualTo(cwd.resolve("home/.cache/kiln"));
  }
}
