package dev.kiln.cli;

import static dev.kiln.cli.CommandLines.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.manifest.SourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a workspace without a fitting lock file is told, and what comes before that: Cargo 1.95's
/// words, with a directory in the place of crates.io.
class LockErrorsTest {
  @TempDir Path cwd;

  @BeforeEach
  void aPackageThatNeedsBar() throws IOException {
    needs("bar = '1.0'");
    write("src/lib.rs", "");
    write(
        ".cargo/config.toml",
        "[source.crates-io]\nreplace-with = 'v'\n[source.v]\ndirectory = 'vendor'\n");
    Files.createDirectories(cwd.resolve("vendor"));
  }

  @Test
  void whatTheSourceHasOnlyNeedsToBeLocked() throws IOException {
    vendored("bar", "1.2.0");
    assertThat(failure()).startsWith("there is no lock file ").contains("`bar = \"^1.0\"`");
  }

  @Test
  void aPackageThatNoSourceHasCannotBeLocked() {
    assertThat(failure())
        .isEqualTo(
            """
            no matching package named `bar` found
            location searched: directory source `CWD/vendor` (which is replacing registry `crates-io`)
            required by package `foo v0.1.0 (CWD)`
            """
                .replace("CWD", cwd.toString()));
  }

  @Test
  void anotherNameOrVersionIsTold() throws IOException {
    vendored("baz", "1.0.0");
    assertThat(failure())
        .startsWith(
            """
            no matching package found
            searched package name: `bar`
            perhaps you meant:      baz
            """);
    vendored("bar", "2.0.0");
    assertThat(failure())
        .startsWith(
            """
            failed to select a version for the requirement `bar = "^1.0"`
            candidate versions found which didn't match: 2.0.0
            """);
  }

  @Test
  void anIndexIsLookedUpForOtherSpellings() throws IOException {
    write(
        ".cargo/config.toml",
        "[source.crates-io]\nreplace-with = 'v'\n[source.v]\nlocal-registry = 'registry'\n");
    Files.createDirectories(cwd.resolve("registry/index"));
    assertThat(failure()).startsWith("no matching package named `bar` found");
    var entry =
        "{\"name\":\"a_b\",\"vers\":\"1.0.0\",\"deps\":[],\"features\":{},\"yanked\":YANKED,\"cksum\":\""
            + "0".repeat(64)
            + "\"}\n";
    write("registry/index/3/a/a_b", entry.replace("YANKED", "true"));
    needs("a-b = '1'");
    assertThat(failure())
        .startsWith(
            """
            no matching package found
            searched package name: `a-b`
            perhaps you meant:      a_b
            """);
    needs("a_b = '1'");
    assertThat(failure())
        .startsWith(
            """
            failed to select a version for the requirement `a_b = "^1"`
              version 1.0.0 is yanked
            """);
  }

  @Test
  void ofSeveralDependenciesTheImpossibleOneIsTold() throws IOException {
    vendored("bar", "1.0.0");
    needs("bar = '1.0'\nanother = '1'");
    assertThat(failure()).startsWith("no matching package named `another` found");
  }

  @Test
  void aSourceThatIsNotThereIsToldWithItsDependency() throws IOException {
    Files.delete(cwd.resolve("vendor"));
    assertThat(failure())
        .isEqualTo(
            """
            failed to get `bar` as a dependency of package `foo v0.1.0 (CWD)`
            caused by: failed to load source for dependency `bar`
            caused by: unable to update registry `crates-io`
            caused by: failed to update replaced source registry `crates-io`
            caused by: failed to read root of directory source: CWD/vendor
            caused by: No such file or directory (os error 2)
            """
                .replace("CWD", cwd.toString()));
  }

  @Test
  void aRegistryThatDoesNotAnswerIsAskedOnce() throws IOException {
    write(
        ".cargo/config.toml",
        """
        [source.crates-io]
        replace-with = 'v'
        [source.v]
        registry = 'sparse+http://127.0.0.1:1/'
        [net]
        retry = 100
        """);
    assertThat(failure())
        .startsWith(
            """
            failed to get `bar` as a dependency of package `foo v0.1.0 (CWD)`
            caused by: failed to download from `http://127.0.0.1:1/3/b/bar`
            caused by: the server refuses the connection, or cannot be reached
            hint: \
            """
                .replace("CWD", cwd.toString()));
    assertThat(failure("--offline")).startsWith("there is no lock file ");
  }

  @Test
  void selectionAndFeaturesComeBeforeSourcesAndLock() {
    assertThat(failure("--features", "no"))
        .startsWith("the package 'foo' does not contain this feature: no");
    assertThat(kiln(cwd, "run", "--unit-graph").err())
        .startsWith("error: a bin target must be available for `cargo run`");
  }

  @Test
  void theFlagThatKeepsTheLockIsNamed() throws IOException {
    vendored("bar", "1.0.0");
    assertThat(failure("--locked"))
        .startsWith("cannot create the lock file " + cwd + "/Cargo.lock because --locked was");
    write("Cargo.lock", "version = 4\n");
    assertThat(failure("--frozen"))
        .startsWith("cannot update the lock file " + cwd + "/Cargo.lock because --frozen was");
  }

  @Test
  void aChecksumThatIsNoneIsAnother() throws IOException {
    vendored("bar", "1.0.0");
    write(
        "Cargo.lock",
        """
        version = 4
        [[package]]
        name = "bar"
        version = "1.0.0"
        source = "%s"
        checksum = "nonsense"
        [[package]]
        name = "foo"
        version = "0.1.0"
        dependencies = ["bar"]
        """
            .formatted(SourceId.CRATES_IO));
    assertThat(failure()).startsWith("checksum for `bar v1.0.0` changed between lock files");
  }

  private void needs(String dependencies) throws IOException {
    write(
        "Cargo.toml",
        "[package]\nname = 'foo'\nversion = '0.1.0'\nedition = '2021'\n[dependencies]\n"
            + dependencies
            + "\n");
  }

  private void vendored(String name, String version) throws IOException {
    var folder = "vendor/" + name + "/";
    write(folder + "Cargo.toml", "[package]\nname = '" + name + "'\nversion = '" + version + "'\n");
    write(folder + "src/lib.rs", "");
    write(folder + ".cargo-checksum.json", "{\"package\":null,\"files\":{}}");
  }

  /// `metadata` asks no rustc.
  private String failure(String... more) {
    var args = new ArrayList<>(List.of("metadata", "--format-version=1"));
    args.addAll(List.of(more));
    var ran = kiln(cwd, Map.of(), args);
    assertThat(ran.code()).isEqualTo(101);
    assertThat(ran.err()).startsWith("error: ");
    return ran.err().substring("error: ".length());
  }

  private void write(String name, String text) throws IOException {
    var file = cwd.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
