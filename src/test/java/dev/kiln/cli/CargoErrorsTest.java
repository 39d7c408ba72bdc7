package dev.kiln.cli;

import static dev.kiln.cli.CommandLines.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Failures and warnings in the words of Cargo 1.95, of one small workspace each.
class CargoErrorsTest {
  private static final String PACKAGE =
      """
      [package]
      name = "foo"
      version = "0.1.0"
      edition = "2021"
      """;

  @TempDir Path cwd;

  @BeforeEach
  void aPackage() throws IOException {
    write("Cargo.toml", PACKAGE);
    write("src/lib.rs", "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          src | manifest path `src` is a directory but expected a file
          nowhere/Cargo.toml | manifest path `nowhere/Cargo.toml` does not exist
          src/lib.rs | the manifest-path must be a path to a Cargo.toml file: `src/lib.rs`
          """)
  void manifestPathsAreNamedAsGiven(String given, String message) {
    assertThat(failure("check", "--unit-graph", "--manifest-path", given)).isEqualTo(message);
  }

  @Test
  void aCycleIsShown() throws IOException {
    write("Cargo.toml", PACKAGE + "[dependencies]\nbar = { path = \"bar\" }\n");
    write(
        "bar/Cargo.toml",
        PACKAGE.replace("foo", "bar") + "[dependencies]\nfoo = { path = \"..\" }\n");
    write("bar/src/lib.rs", "");
    var ran = kiln(cwd, "metadata", "--format-version", "1");
    var foo = "`foo v0.1.0 (" + cwd + ")`";
    var bar = "`bar v0.1.0 (" + cwd.resolve("bar") + ")`";
    assertThat(ran.code()).isEqualTo(101);
    assertThat(ran.err())
        .startsWith(
            """
            error: cyclic package dependency: package BAR depends on itself. Cycle:
            package BAR
                ... which satisfies path dependency `bar` of package FOO
                ... which satisfies path dependency `foo` of package BAR
            """
                .replace("BAR", bar)
                .replace("FOO", foo));
  }

  @Test
  void developmentDependenciesMakeNoCycle() throws IOException {
    write("Cargo.toml", PACKAGE + "[dev-dependencies]\nbar = { path = \"bar\" }\n");
    write(
        "bar/Cargo.toml",
        PACKAGE.replace("foo", "bar") + "[dependencies]\nfoo = { path = \"..\" }\n");
    write("bar/src/lib.rs", "");
    assertThat(kiln(cwd, "metadata", "--format-version", "1").err()).doesNotContain("cyclic");
  }

  @Test
  void anUnreadableDependencyIsNamedWithItsPackage() throws IOException {
    write("Cargo.toml", PACKAGE + "[dependencies]\nbar = { path = \"bar\" }\n");
    var ran = kiln(cwd, "metadata", "--format-version", "1");
    assertThat(ran.err())
        .startsWith(
            """
            error: failed to get `bar` as a dependency of package `foo v0.1.0 (CWD)`
            caused by: failed to load source for dependency `bar`
            caused by: unable to update CWD/bar
            caused by: failed to read `CWD/bar/Cargo.toml`
            caused by: No such file or directory (os error 2)
            """
                .replace("CWD", cwd.toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a = ""  | a | subcommand is required, but `alias.a` is empty
          a = []  | a | subcommand is required, but `alias.a` is empty
          a = "--locked" | a | subcommand is required, add a subcommand to the command alias `alias.a`
          a = 5 | a | invalid configuration for key `alias.a`
          a = [1] | a | error in CWD/.cargo/config.toml: failed to parse config at `alias.a[0]`
          b = "frob" | b | no such command: `frob`
          """)
  void aliases(String config, String word, String message) throws IOException {
    write(".cargo/config.toml", "[alias]\n" + config + "\n");
    assertThat(failure(word)).isEqualTo(message.replace("CWD", cwd.toString()));
  }

  @Test
  void aBuiltInCommandShadowsAnAlias() throws IOException {
    write(".cargo/config.toml", "[alias]\nbuild = \"frob\"\n");
    assertThat(kiln(cwd, "build", "--manifest-path", "nowhere/Cargo.toml").err())
        .startsWith(
            "warning: user-defined alias `build` is ignored, because it is shadowed by a built-in"
                + " command\n");
  }

  @Test
  void cargoFeaturesBelongAtTheTop() throws IOException {
    write("Cargo.toml", PACKAGE + "cargo-features = []\n");
    assertThat(kiln(cwd, "check", "--unit-graph").err())
        .contains("should be set at the top of Cargo.toml before any tables");
  }

  @Test
  @Needs("rustc")
  void everyRootWithoutASourceFileIsNamed() throws IOException {
    write("Cargo.toml", PACKAGE + "[lib]\npath = 'src/no.rs'\n[[bin]]\nname = 'b'\npath = 'src'\n");
    write("src/main.rs", "");
    assertThat(checked())
        .isEqualTo(
            """
            error: can't find lib `foo` at path `CWD/src/no.rs`
             --> CWD/Cargo.toml
            error: path `CWD/src` for bin `b` is a directory, but a source file was expected.
            help: an entry point exists at `CWD/src/main.rs`
             --> CWD/Cargo.toml
            error: could not compile due to 2 previous target resolution errors
            """
                .replace("CWD", cwd.toString()));
  }

  @Test
  void ofTwoFlagsThatExcludeEachOtherTheFirstIsNamed() {
    assertThat(kiln(cwd, "check", "--profile=dev", "--release").err())
        .startsWith(
            "error: the argument '--profile <PROFILE-NAME>' cannot be used with '--release'\n");
    assertThat(kiln(cwd, "check", "--release", "--profile=dev").err())
        .startsWith(
            "error: the argument '--release' cannot be used with '--profile <PROFILE-NAME>'\n");
  }

  @Test
  void runTakesNoPatterns() throws IOException {
    assertThat(failure("run", "-p", "f*"))
        .isEqualTo("`cargo run` does not support glob pattern `f*` on package selection");
    assertThat(failure("run", "--bin", "f*"))
        .isEqualTo("`cargo run` does not support glob patterns on target selection");
  }

  @Test
  @Needs("rustc")
  void anOverrideThatFitsNoVersionIsNamedAsCargoWritesIt() throws IOException {
    write("Cargo.toml", PACKAGE + "[profile.dev.package.'foo:1.2.3']\nopt-level = 3\n");
    assertThat(checked())
        .isEqualTo(
            "warning: profile package spec `foo@1.2.3` in profile `dev` has a version or URL that"
                + " does not match any of the packages: foo v0.1.0 ("
                + cwd
                + ")\n");
  }

  @Test
  void metadataAsksForItsVersion() {
    assertThat(kiln(cwd, "metadata").err())
        .isEqualTo(
            "warning: please specify `--format-version` flag explicitly to avoid compatibility"
                + " problems\n");
  }

  /// Returns what a plan says with the rustc of this machine.
  private String checked() {
    var environment = new TreeMap<>(System.getenv());
    environment.put("CARGO_HOME", cwd.resolve("home").toString());
    environment.put("KILN_STORE", cwd.resolve("store").toString());
    environment.put("XDG_CACHE_HOME", cwd.resolve("cache").toString());
    return kiln(cwd, environment, List.of("check", "--unit-graph")).err();
  }

  private String failure(String... args) {
    var ran = kiln(cwd, Map.of(), List.of(args));
    assertThat(ran.code()).isEqualTo(101);
    var first = ran.err().lines().findFirst().orElseThrow();
    assertThat(first).startsWith("error: ");
    return first.substring("error: ".length());
  }

  private void write(String name, String text) throws IOException {
    var file = cwd.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
