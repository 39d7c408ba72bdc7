package dev.kiln.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@NullUnmarked // a test that meets null fails, as it should
class CargoConfigTest {
  private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
  private final Path cwd = files.getPath("/home/me/ws/member");

  @AfterEach
  void close() throws IOException {
    files.close();
  }

  private void file(String path, String text) throws IOException {
    var file = files.getPath(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private CargoConfig load(Map<String, String> environment, String... args) throws KilnException {
    return CargoConfig.load(
        cwd, files.getPath("/home/me/.cargo"), new TreeMap<>(environment), List.of(args));
  }

  private static List<String> values(List<CargoConfig.Located> located) {
    return located.stream().map(CargoConfig.Located::value).toList();
  }

  @Test
  void deeperFilesGoOverAndListsAreAppendedHighestLast() throws Exception {
    file("/home/me/.cargo/config.toml", "[build]\nrustflags=['-h']\njobs=1\ntarget='home'\n");
    file("/home/me/ws/.cargo/config.toml", "[build]\nrustflags=['-w']\njobs=2\n");
    file("/home/me/ws/member/.cargo/config.toml", "[build]\nrustflags=['-m']\n");
    var config = load(Map.of(), "build.rustflags=['-c']");
    assertThat(values(config.strings("build", "rustflags")))
        .containsExactly("-h", "-w", "-m", "-c");
    assertThat(config.integer("build", "jobs")).isEqualTo(2);
    assertThat(config.string("build", "target").value()).isEqualTo("home");
  }

  @Test
  void environmentIsBetweenFilesAndCommandLine() throws Exception {
    file("/home/me/ws/.cargo/config.toml", "[build]\njobs=2\ntarget='file'\nincremental=true\n");
    var environment =
        Map.of(
            "CARGO_BUILD_JOBS",
            "7",
            "CARGO_BUILD_TARGET",
            "env",
            "CARGO_BUILD_INCREMENTAL",
            "false");
    var config = load(environment, "build.target='cli'");
    assertThat(config.integer("build", "jobs")).isEqualTo(7);
    assertThat(config.string("build", "target").value()).isEqualTo("cli");
    assertThat(config.bool("build", "incremental")).isFalse();
  }

  @Test
  void wordsOfTheEnvironmentFollowAListOfFiles() throws Exception {
    file("/home/me/ws/.cargo/config.toml", "[build]\nrustflags=['-f']\n");
    var config = load(Map.of("CARGO_BUILD_RUSTFLAGS", "-a  -b"));
    assertThat(values(config.strings("build", "rustflags"))).containsExactly("-f", "-a", "-b");
  }

  @Test
  void pathsStartWhereTheyAreDefined() throws Exception {
    file(
        "/home/me/ws/.cargo/config.toml",
        "[build]\ntarget-dir='out'\nrustc='bin/rustc'\nrustdoc='mydoc'\n");
    var config = load(Map.of("CARGO_BUILD_DEP_INFO_BASEDIR", "here"));
    assertThat(config.path("build", "target-dir")).isEqualTo(files.getPath("/home/me/ws/out"));
    assertThat(config.path("build", "dep-info-basedir")).isEqualTo(cwd.resolve("here"));
    assertThat(config.program("build", "rustc")).isEqualTo("/home/me/ws/bin/rustc");
    assertThat(config.program("build", "rustdoc")).isEqualTo("mydoc");
  }

  @Test
  void includedFilesAreBelowTheirIncluder() throws Exception {
    file(
        "/home/me/ws/.cargo/config.toml",
        "include=['a.toml',{path='none.toml',optional=true}]\n[build]\njobs=1\n");
    file("/home/me/ws/.cargo/a.toml", "[build]\njobs=5\ntarget='t'\n");
    var config = load(Map.of());
    assertThat(config.integer("build", "jobs")).isEqualTo(1);
    assertThat(config.string("build", "target").value()).isEqualTo("t");
  }

  @Test
  void includesThatGoInACircleOrMissAreErrors() throws Exception {
    file("/home/me/ws/.cargo/config.toml", "include='a.toml'\n");
    assertThatThrownBy(() -> load(Map.of())).hasMessage("could not load Cargo configuration");
    file("/home/me/ws/.cargo/a.toml", "include='config.toml'\n");
    assertThatThrownBy(() -> load(Map.of())).rootCause().hasMessageContaining("cycle detected");
  }

  @Test
  void theOldNameOfTheFileWinsAndIsWarnedOf() throws Exception {
    file("/home/me/ws/.cargo/config", "[build]\njobs=1\n");
    file("/home/me/ws/.cargo/config.toml", "[build]\njobs=2\n");
    var config = load(Map.of());
    assertThat(config.integer("build", "jobs")).isEqualTo(1);
    assertThat(config.warnings()).singleElement().asString().startsWith("both `");
  }

  @Test
  void aTableAndAListDoNotMerge() throws Exception {
    file("/home/me/ws/.cargo/config.toml", "[build]\nrustflags=['-a']\n");
    file("/home/me/ws/member/.cargo/config.toml", "[build.rustflags]\nx=1\n");
    assertThatThrownBy(() -> load(Map.of()))
        .rootCause()
        .hasMessageContaining("expected table, but found array");
  }

  @Test
  void runnersAreReplacedNotJoined() throws Exception {
    file("/home/me/ws/.cargo/config.toml", "[target.t]\nrunner=['a','b']\n");
    file("/home/me/ws/member/.cargo/config.toml", "[target.t]\nrunner=['c']\n");
    assertThat(values(load(Map.of()).strings("target", "t", "runner"))).containsExactly("c");
  }

  @Test
  void oneSourceOfRustflagsCounts() throws Exception {
    file(
        "/home/me/ws/.cargo/config.toml",
        """
        [build]
        rustflags=['--build']
        [target.t]
        rustflags=['--triple']
        [target.'cfg(unix)']
        rustflags=['--unix']
        [target.'cfg(windows)']
        rustflags=['--windows']
        """);
    var unix = Set.of(new CfgExpr.Cfg("unix", null));
    var plain = Rustflags.forRustc(load(Map.of()));
    assertThat(plain.flags("t", false, false, unix)).containsExactly("--triple", "--unix");
    assertThat(plain.flags("u", false, false, Set.of())).containsExactly("--build");
    assertThat(plain.flags("t", true, true, unix)).isEmpty();
    assertThat(plain.flags("t", true, false, unix)).containsExactly("--triple", "--unix");
    var variable = Rustflags.forRustc(load(Map.of("RUSTFLAGS", " -a  -b ")));
    assertThat(variable.flags("t", false, true, unix)).containsExactly("-a", "-b");
    var encoded = Map.of("RUSTFLAGS", "-a", "CARGO_ENCODED_RUSTFLAGS", "-x y\u001f-z");
    assertThat(Rustflags.forRustc(load(encoded)).flags("t", false, false, unix))
        .containsExactly("-x y", "-z");
    assertThat(Rustflags.forRustc(load(Map.of("RUSTFLAGS", ""))).flags("t", false, false, unix))
        .isEmpty();
  }

  @Test
  void profilesComeFromFilesAndVariables() throws Exception {
    file(
        "/home/me/ws/.cargo/config.toml",
        "[profile.dev]\nopt-level=1\n[profile.dev.package.x]\nstrip=true\n");
    var environment = Map.of("CARGO_PROFILE_DEV_DEBUG", "full", "CARGO_PROFILE_DEV_OPT_LEVEL", "s");
    var profile = load(environment).profile("dev");
    assertThat(profile.optLevel()).isEqualTo("s");
    assertThat(profile.debug()).isEqualTo("2");
    assertThat(profile.packages().get("x").strip()).isEqualTo("symbols");
    assertThat(load(environment).profile("release")).isNull();
  }

  @Test
  void argumentsThatAreNoAssignmentsAreRefused() {
    assertThatThrownBy(() -> load(Map.of(), "nonsense"))
        .hasMessageContaining("failed to parse value from --config argument `nonsense`");
  }

  @Test
  void kilnTomlNamesTheNearestKey() throws Exception {
    file("/home/me/ws/kiln.toml", "toolchan='x'\n");
    assertThatThrownBy(() -> KilnToml.read(files.getPath("/home/me/ws")))
        .hasMessageContaining("unknown key `toolchan`")
        .extracting(e -> ((KilnException) e).hint())
        .isEqualTo("did you mean `toolchain`?");
    file("/home/me/ws/kiln.toml", "toolchain='nightly'\n");
    assertThat(KilnToml.read(files.getPath("/home/me/ws")).toolchain()).isEqualTo("nightly");
  }
}
