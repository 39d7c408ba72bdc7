package dev.kiln.cli;

import static dev.kiln.cli.CommandLines.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Manifests, configurations and command lines that Cargo 1.95 complains of: its first words.
class ManifestFaultsTest {
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
          cargo-features = [] | the field `cargo-features` should be set at the top of Cargo.toml
          [lints.rust]; "x::y" = "warn" | `lints.rust.x::y` is not a valid lint name
          [lints.clippy]; "rust::y" = "warn" | `lints.clippy.rust::y` is not a valid lint name
          [lints.rust]; "clippy::y" = "warn" | valid lint name; try `lints.clippy.y`
          [dependencies]; b = { version = "1", registry = "a b" } | in registry name: `a b`
          [dependencies]; b = { version = "1", registry = "" } | registry name cannot be empty
          [patch.crates-io]; b.workspace = true | dependency (b) specified without providing a
          [profile.dev.package.x]; rustflags = [] | feature `profile-rustflags` is required
          [patch.""]; b = "1" | [patch] entry `` should be a URL or registry name
          """)
  void faults(String lines, String message) throws IOException {
    write("Cargo.toml", PACKAGE + lines.replace("; ", "\n") + "\n");
    var ran = metadata();
    assertThat(ran.code()).isEqualTo(101);
    assertThat(ran.err()).contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          [hints]; odd = 1 | unused manifest key: hints.odd
          [workspace]; lints.odd = {} | unrecognized lint tool `lints.odd`, specifying
          [dev-dependencies]; b = { path = 'b', public = true } | 'public' specifier can only
          """)
  void warnings(String lines, String message) throws IOException {
    write("Cargo.toml", PACKAGE + lines.replace("; ", "\n") + "\n");
    write("b/Cargo.toml", PACKAGE.replace("foo", "b"));
    write("b/src/lib.rs", "");
    assertThat(graph().err()).contains("warning: ").contains(message);
  }

  @Test
  void whatStandsBesideWorkspaceIsUnused() throws IOException {
    write(
        "Cargo.toml",
        PACKAGE
            + "description = { workspace = true, xyz = 1 }\n"
            + "[workspace.package]\ndescription = 'd'\n");
    assertThat(graph().err())
        .startsWith(
            "warning: " + cwd + "/Cargo.toml: unused manifest key: package.description.xyz\n");
  }

  @Test
  void aWrongTypeComesBeforeAMissingName() throws IOException {
    write("Cargo.toml", "[package]\nauthors = ''\n");
    assertThat(metadata().err())
        .startsWith("error: invalid type: string \"\", expected a vector of strings or workspace");
  }

  @Test
  void theManifestThatIsMeantComesBeforeItsWorkspace() throws IOException {
    write("Cargo.toml", "[workspace]\nmembers = ['m']\n");
    write("m/Cargo.toml", PACKAGE + "[dependencies]\nx.workspace = true\n");
    write("m/src/lib.rs", "");
    assertThat(metadata("--manifest-path", "m/Cargo.toml").err())
        .startsWith("error: failed to parse manifest at `" + cwd + "/m/Cargo.toml`\n");
    assertThat(metadata().err())
        .startsWith("error: failed to load manifest for workspace member `" + cwd + "/m`\n");
  }

  @Test
  void aBrokenConfigurationComesWhereItIsNeeded() throws IOException {
    write(".cargo/config.toml", "!");
    assertThat(metadata().err()).startsWith("error: could not load Cargo configuration\n");
    write("Cargo.toml", PACKAGE + "[dependencies]\nx = '1'\n");
    assertThat(metadata().err())
        .startsWith(
            "error: failed to parse manifest at `%s/Cargo.toml`\ncaused by: could not load Cargo"
                    .formatted(cwd)
                + " configuration\n");
    write("Cargo.toml", PACKAGE + "[dependencies]\nx = {}\n");
    assertThat(metadata().err()).contains("caused by: dependency (x) specified without");
  }

  @Test
  void theIndexOfCratesIoIsNotConfigurable() throws IOException {
    write(".cargo/config.toml", "registry.index = 'x'\n");
    write("Cargo.toml", PACKAGE + "[dependencies]\nx = '1'\n");
    assertThat(metadata().err())
        .contains("caused by: the `registry.index` config value is no longer supported\n");
  }

  @Test
  void anIndexMustBeAUrl() throws IOException {
    write(".cargo/config.toml", "[registries]\nr.index = 'folder'\n");
    write("Cargo.toml", PACKAGE + "[dependencies]\nx = { version = '1', registry = 'r' }\n");
    assertThat(metadata().err())
        .contains(
            "caused by: invalid index URL for registry `r` defined in %s/.cargo/config.toml\n"
                .formatted(cwd))
        .contains("caused by: invalid url `folder`: relative URL without a base\n");
    write(".cargo/config.toml", "[registries]\nr.index = 'file:folder'\n");
    var index = "registry+file://" + cwd + "/folder";
    write(
        "Cargo.lock",
        "version = 4\n[[package]]\nname = 'foo'\nversion = '0.1.0'\ndependencies = ['x']\n"
            + "[[package]]\nname = 'x'\nversion = '1.0.0'\nsource = '"
            + index
            + "'\nchecksum = '"
            + "0".repeat(64)
            + "'\n");
    assertThat(metadata().err())
        .startsWith("error: the registry file://" + cwd + "/folder has its index in git");
  }

  @Test
  void someWarningsComeWheneverAWorkspaceIsOpened() throws IOException {
    write("Cargo.toml", PACKAGE + "[workspace]\nmembers = ['m']\n[dependencies]\nn.path = 'n'\n");
    write("m/Cargo.toml", PACKAGE.replace("foo", "m") + "[profile.dev]\nopt-level = 1\n");
    write("m/src/lib.rs", "");
    write("n/Cargo.toml", PACKAGE.replace("foo", "n") + "odd = 1\n");
    write("n/src/main.rs", "");
    assertThat(metadata().err())
        .isEqualTo(
            """
            warning: profiles for the non root package will be ignored, specify profiles at the \
            workspace root:
            package:   CWD/m/Cargo.toml
            workspace: CWD/Cargo.toml
            warning: foo v0.1.0 (CWD) ignoring invalid dependency `n` which is missing a lib target
            """
                .replace("CWD", cwd.toString()));
  }

  @Test
  void configurationsAreWarnedOf() throws IOException {
    write(
        ".cargo/config.toml",
        "resolver.feature-unification = 'selected'\n[target.'cfg(unix)']\nlinker = 'l'\nodd = 1\n");
    assertThat(metadata().err())
        .isEqualTo(
            """
            warning: ignoring `resolver.feature-unification` without `-Zfeature-unification`
            warning: unused key `odd` in [target] config table `cfg(unix)`
            """);
    write(".cargo/config.toml", "term.quiet = true\n[target.'cfg(unix)']\nodd = 1\n");
    assertThat(metadata().err()).isEmpty();
  }

  @Test
  void aPathDependencyKeepsItsRegistry() throws IOException {
    write(".cargo/config.toml", "registries.r.index = 'https://r.test/i'\n");
    write("Cargo.toml", PACKAGE + "[dependencies]\nb = { path = 'b', registry = 'r' }\n");
    write("b/Cargo.toml", PACKAGE.replace("foo", "b"));
    write("b/src/lib.rs", "");
    assertThat(metadata().out()).contains("\"registry\":\"https://r.test/i\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 | run -p a -p b | the argument '--package [<SPEC>]' cannot be used multiple times
          101 | -- check -v x | trailing arguments after built-in command `check` are unsupported
          101 | -- nope | no such command: `nope`
          1 | check -vz | unexpected argument '-z' found
          101 | check --target= | target was empty
          101 | check --target | "--target" takes a target architecture as an argument.
          101 | run -p foo@0.2 | package(s) `foo@0.2` not found in workspace
          1 | tree --charset A --prefix b -e c | invalid value 'A' for '--charset <CHARSET>'
          101 | tree -e no-dev,build -i --exclude x | `build` dependency kind cannot be mixed
          101 | tree -i -p x --workspace | The `-i` flag requires a package name.
          1 | --explain | a value is required for '--explain <CODE>' but none was supplied
          101 | run -p foo@0.1 | a bin target must be available for `cargo run`
          """)
  void commandLines(int code, String line, String message) {
    var ran = kiln(cwd, line.split(" "));
    assertThat(ran.code()).isEqualTo(code);
    assertThat(ran.err()).startsWith("error: " + message);
  }

  @Test
  @Needs("rustc")
  void aWrapperThatIsNotThereIsAnError() {
    assertThat(checked(Map.of("RUSTC_WRAPPER", "no-wrapper")).err())
        .startsWith("error: could not execute process `no-wrapper rustc -vV` (never executed)\n");
  }

  @Test
  @Needs("rustc")
  void rustcExplainsItsCodes() {
    var environment = new TreeMap<>(System.getenv());
    environment.put("XDG_CACHE_HOME", cwd.resolve("cache").toString());
    // rustc's own exit code for a code that is none
    assertThat(kiln(cwd, environment, List.of("--explain", "nonsense")).code()).isEqualTo(1);
  }

  @Test
  @Needs("rustc")
  void unstableProfileKeysOfAConfigurationAreRefused() throws IOException {
    write(".cargo/config.toml", "profile.dev.build-override.rustflags = []\n");
    assertThat(checked(Map.of()).err())
        .startsWith(
            "error: config profile `dev` is not valid (defined in `%s/.cargo/config.toml`)\n"
                .formatted(cwd));
  }

  /// Plans with the rustc of this machine.
  private CommandLines.Ran checked(Map<String, String> more) {
    var environment = new TreeMap<>(System.getenv());
    environment.put("CARGO_HOME", cwd.resolve("home").toString());
    environment.put("KILN_STORE", cwd.resolve("store").toString());
    environment.put("XDG_CACHE_HOME", cwd.resolve("cache").toString());
    environment.putAll(more);
    return kiln(cwd, environment, List.of("check", "--unit-graph"));
  }

  /// What a plan says before it looks for a rustc.
  private CommandLines.Ran graph() {
    return kiln(cwd, "check", "--unit-graph");
  }

  private CommandLines.Ran metadata(String... more) {
    var args = new ArrayList<>(List.of("metadata", "--format-version=1"));
    args.addAll(List.of(more));
    return kiln(cwd, Map.of(), args);
  }

  private void write(String name, String text) throws IOException {
    var file = cwd.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
