package dev.kiln.cli;

import static dev.kiln.cli.CommandLines.kiln;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.cli.CommandLines.Ran;
import dev.kiln.manifest.SourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `[patch]`, `[replace]` and `paths` that do not fit, and a lock file that its source contradicts:
/// Cargo 1.95's words, with a local registry in the place of crates.io.
class OverridingTest {
  private static final String SUM = "0".repeat(64);
  @TempDir Path cwd;

  @BeforeEach
  void aPackageThatUsesBar() throws IOException {
    manifest("[dependencies]\nbar = '1'\n");
    write("src/lib.rs", "");
    config("");
    Files.createDirectories(cwd.resolve("registry/index"));
    index("1.0.0", SUM, "");
    lock("1.0.0", SUM);
  }

  @Test
  void aLockedVersionMustBeInTheIndex() throws IOException {
    lock("1.0.5", SUM);
    assertThat(failure())
        .startsWith(
            """
            error: failed to select a version for the requirement `bar = "^1"` (locked to 1.0.5)
            candidate versions found which didn't match: 1.0.0
            location searched: `CWD/registry` index (which is replacing registry `crates-io`)
            """
                .replace("CWD", cwd.toString()));
  }

  @Test
  void soMustThatOfAnotherPackageOfTheIndex() throws IOException {
    index(
        "1.0.0",
        SUM,
        "{\"name\":\"baz\",\"req\":\"^2\",\"features\":[],\"optional\":false,"
            + "\"default_features\":true,\"target\":null,\"kind\":\"normal\"}");
    write("registry/index/3/b/baz", entry("baz", "2.0.1", SUM, ""));
    write(
        "Cargo.lock",
        Files.readString(cwd.resolve("Cargo.lock"))
                .replace("\"" + SUM + "\"", "\"" + SUM + "\"\ndependencies = [\"baz\"]")
            + locked("baz", "2.0.0", SUM));
    assertThat(failure())
        .startsWith(
            "error: failed to select a version for the requirement `baz = \"^2\"` (locked to"
                + " 2.0.0)\n");
  }

  @Test
  void checksumsOfLockAndIndexAreCompared() throws IOException {
    lock("1.0.0", SUM.replace('0', '1'));
    assertThat(failure())
        .startsWith("error: checksum for `bar v1.0.0` changed between lock files\n");
  }

  @Test
  void aPatchMustHaveTheNameAndTheVersion() throws IOException {
    path("bar", "bar", "1.0.0", "");
    manifest("[dependencies]\nbar = '1'\n[patch.crates-io]\nbaz = { path = 'bar' }\n");
    assertThat(failure())
        .startsWith(
            "error: patch location `%s/bar` does not contain packages matching `baz`\n"
                .formatted(cwd));
    manifest("[dependencies]\nbar = '1'\n[patch.crates-io]\nbar = { path = 'bar', version = '2' }");
    assertThat(failure())
        .startsWith(
            """
            error: patch `bar` version mismatch
            note: patch location contains version `1.0.0`, but patch definition requires `^2`
            """);
  }

  @Test
  void aPatchMustLeadElsewhere() throws IOException {
    manifest("[dependencies]\nbar = '1'\n[patch.crates-io]\nbar = '1'\n");
    assertThat(failure())
        .startsWith(
            "error: patch for `bar` points to the same source, but patches must point to different"
                + " sources\n");
  }

  @Test
  void twoPatchesForOneVersionAreRefused() throws IOException {
    path("one", "bar", "1.0.0", "");
    path("two", "bar", "1.0.0", "");
    manifest(
        """
        [dependencies]
        bar = '1'
        [patch.crates-io]
        bar = { path = 'one' }
        other = { path = 'two', package = 'bar' }
        """);
    assertThat(failure())
        .startsWith("error: several `[patch]` entries resolving to same version `bar v1.0.0`\n");
  }

  @Test
  void aReplacementCountsWhateverTheBuildMetadata() throws IOException {
    index("1.0.0+x", SUM, "");
    lock("1.0.0+x", SUM);
    path("bar", "bar", "1.0.0+x", "");
    manifest("[dependencies]\nbar = '1'\n[replace]\n'bar:1.0.0' = { path = 'bar' }\n");
    var ran = metadata();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).contains("path+file://" + cwd + "/bar#");
    path("bar", "bar", "1.0.0", "");
    assertThat(failure())
        .startsWith(
            """
            error: failed to get `bar` as a dependency of package `foo v0.1.0 (%s)`
            caused by: replacement specification `%s#bar@1.0.0` matched 1.0.0+x and tried to \
            override it with 1.0.0
            """
                .formatted(cwd, SourceId.CRATES_IO.url()));
  }

  @Test
  void pathsStandForWhatTheyFindBelow() throws IOException {
    config("paths = ['over']\n");
    path("over/inner", "bar", "1.0.7", "");
    var ran = metadata();
    assertThat(ran.code()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).contains("path+file://" + cwd + "/over#bar@1.0.7");
  }

  @Test
  void pathsThatChangeDependenciesAreWarnedOf() throws IOException {
    config("paths = ['over']\n");
    path("over", "bar", "1.0.0", "[dependencies]\nfoo2 = { path = '../foo2' }\n");
    path("foo2", "foo2", "0.1.0", "");
    assertThat(metadata().err())
        .startsWith(
            """
            warning: path override for crate `bar` has altered the original list of
            dependencies; the dependency on `foo2` was either added or
            modified to not match the previously resolved version
            """);
  }

  @Test
  void theFirstPathCountsAndNoneComesFromTheEnvironment() throws IOException {
    manifest("[dependencies]\nbar.path = 'bar'\n");
    path("bar", "bar", "1.0.0", "");
    path("one", "one", "1.0.0", "[dependencies]\nbar.path = '../bar'\n");
    config("paths = ['one', 'bar']\n");
    Files.delete(cwd.resolve("Cargo.lock"));
    assertThat(metadata().out()).contains("path+file://" + cwd + "/one#bar@1.0.0");
    config("paths = ['.']\n");
    assertThat(metadata().out()).contains("path+file://" + cwd + "/bar#1.0.0");
    config("");
    var ran = kiln(cwd, Map.of("CARGO_PATHS", "one"), List.of("metadata", "--format-version=1"));
    assertThat(ran.out()).contains("path+file://" + cwd + "/bar#1.0.0");
  }

  @Test
  void pathsThatAreNotThereAreToldWithTheirFile() throws IOException {
    config("paths = ['nowhere']\n");
    assertThat(failure())
        .startsWith(
            """
            error: failed to update path override `CWD/nowhere` (defined in \
            `CWD/.cargo/config.toml`)
            caused by: failed to read directory `CWD/nowhere`
            caused by: No such file or directory (os error 2)
            """
                .replace("CWD", cwd.toString()));
  }

  @Test
  void twoPackagesMayNotLinkTheSame() throws IOException {
    manifest("links = 'a'\nbuild = 'b.rs'\n[dependencies]\nsys = { path = 'sys' }\n");
    write("b.rs", "");
    write("sys/src/lib.rs", "");
    write(
        "sys/Cargo.toml",
        """
        [package]
        name = 'sys'
        version = '0.2.0'
        edition = '2021'
        links = 'a'
        build = 'b.rs'
        """);
    write("sys/b.rs", "");
    assertThat(failure())
        .startsWith(
            """
            error: failed to select a version for `sys`.
                ... required by package `foo v0.1.0 (CWD)`
            versions that meet the requirements `*` are: 0.2.0

            package `sys` links to the native library `a`, but it conflicts with a previous \
            package which links to `a` as well:
            package `foo v0.1.0 (CWD)`
            """
                .replace("CWD", cwd.toString()));
  }

  @Test
  void aFeatureMayNotListItself() throws IOException {
    manifest("[features]\nloop = ['loop']\n");
    assertThat(failure())
        .startsWith("error: cyclic feature dependency: feature `loop` depends on itself\n");
  }

  private void manifest(String rest) throws IOException {
    write("Cargo.toml", "[package]\nname = 'foo'\nversion = '0.1.0'\nedition = '2021'\n" + rest);
  }

  private void config(String more) throws IOException {
    write(
        ".cargo/config.toml",
        more + "[source.crates-io]\nreplace-with = 'v'\n[source.v]\nlocal-registry = 'registry'\n");
  }

  private void path(String folder, String name, String version, String rest) throws IOException {
    write(
        folder + "/Cargo.toml",
        "[package]\nname = '%s'\nversion = '%s'\nedition = '2021'\n%s"
            .formatted(name, version, rest));
    write(folder + "/src/lib.rs", "");
  }

  private void index(String version, String checksum, String dependencies) throws IOException {
    write("registry/index/3/b/bar", entry("bar", version, checksum, dependencies));
  }

  private static String entry(String name, String version, String checksum, String dependencies) {
    return "{\"name\":\"%s\",\"vers\":\"%s\",\"deps\":[%s],\"features\":{},\"cksum\":\"%s\"}\n"
        .formatted(name, version, dependencies, checksum);
  }

  private void lock(String version, String checksum) throws IOException {
    write(
        "Cargo.lock",
        "version = 4\n"
            + locked("bar", version, checksum)
            + "[[package]]\nname = \"foo\"\nversion = \"0.1.0\"\ndependencies = [\"bar\"]\n");
  }

  private static String locked(String name, String version, String checksum) {
    return "[[package]]\nname = \"%s\"\nversion = \"%s\"\nsource = \"%s\"\nchecksum = \"%s\"\n"
        .formatted(name, version, SourceId.CRATES_IO, checksum);
  }

  private Ran metadata() {
    return kiln(cwd, "metadata", "--format-version=1");
  }

  private String failure() {
    var ran = metadata();
    assertThat(ran.code()).isEqualTo(101);
    return ran.err();
  }

  private void write(String name, String text) throws IOException {
    var file = cwd.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
