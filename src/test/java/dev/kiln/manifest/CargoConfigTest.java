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
import java.util.ArrayList;
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
    file("/home/me/ws/.cargo/config.toml", "include=['a.toml']\n");
    assertThatThrownBy(() -> load(Map.of())).hasMessage("could not load Cargo configuration");
    file("/home/me/ws/.cargo/a.toml", "include=['config.toml']\n");
    assertThatThrownBy(() -> load(Map.of())).rootCause().hasMessageContaining("cycle detected");
  }

  @Test
  void includesAreListsOfPlainPaths() throws Exception {
    var cause = "a config include path without glob patterns, but found `*.toml`";
    file("/home/me/ws/.cargo/config.toml", "include=['*.toml']\n");
    assertThatThrownBy(() -> load(Map.of())).rootCause().hasMessageContaining(cause);
    file("/home/me/ws/.cargo/config.toml", "include='a.toml'\n");
    assertThatThrownBy(() -> load(Map.of()))
        .rootCause()
        .hasMessageStartingWith("expected a list of strings or a list of tables, but found string");
    file("/home/me/ws/.cargo/config.toml", "include=[{optional=true}]\n");
    assertThatThrownBy(() -> load(Map.of()))
        .rootCause()
        .hasMessage("missing field `path` at `include[0]` in `/home/me/ws/.cargo/config.toml`");
  }

  @Test
  void whatTheDiscoveredFilesDisagreeInIsNamedDeeperFileFirst() throws Exception {
    file("/home/me/ws/.cargo/config.toml", "[build]\njobs=[1]\n");
    file("/home/me/ws/member/.cargo/config.toml", "[build]\njobs=1\n");
    assertThatThrownBy(() -> load(Map.of()))
        .hasMessage("could not load Cargo configuration")
        .cause()
        .hasMessage("failed to merge configuration at `/home/me/ws/.cargo/config.toml`")
        .cause()
        .hasMessage(
            "failed to merge key `build` between /home/me/ws/member/.cargo/config.toml and"
                + " /home/me/ws/.cargo/config.toml");
  }

  @Test
  void sectionsAreHeldAgainstTheirTypes() throws Exception {
    var place = "/home/me/ws/.cargo/config.toml";
    file(
        place,
        """
        [build]
        jobs = true
        odd = 1
        [http]
        ssl-version = ['tlsv1.2']
        [net]
        retry = -1
        offline = 1
        [resolver]
        incompatible-rust-versions = 'no'
        [source]
        a = 1
        """);
    var where = "error in " + place + ": could not load config key ";
    assertThat(fault("build"))
        .isEqualTo(
            where + "`build.jobs`|invalid type: boolean `true`, expected an integer or string");
    assertThat(fault("http"))
        .isEqualTo(where + "`http.ssl-version`|invalid type: sequence, expected a string or map");
    assertThat(fault("net"))
        .isEqualTo(
            "error in " + place + ": `net.offline` expected true/false, but found a integer");
    assertThat(fault("resolver"))
        .isEqualTo(
            where
                + "`resolver.incompatible-rust-versions`|unknown variant `no`, expected `allow` or"
                + " `fallback`");
    assertThat(fault("source"))
        .startsWith(
            "invalid configuration for key `source.a`\nexpected a table, but found a integer");
    assertThat(fault("term")).isEmpty();
  }

  @Test
  void keysThatNobodyReadsAreWarnedOf() throws Exception {
    file("/home/me/ws/.cargo/config.toml", "[term]\nodd = 1\n");
    var warnings = new ArrayList<String>();
    ConfigCheck.check(load(Map.of()), warnings::add, "term");
    assertThat(warnings)
        .containsExactly("unused config key `term.odd` in `/home/me/ws/.cargo/config.toml`");
  }

  @Test
  void aVariableOfTheWrongTypeIsNamed() {
    assertThatThrownBy(
            () -> ConfigCheck.check(load(Map.of("CARGO_NET_OFFLINE", "maybe")), _ -> {}, "net"))
        .hasMessage(
            "error in environment variable `CARGO_NET_OFFLINE`: provided string was not `true` or"
                + " `false`");
  }

  @Test
  void aRunnerOfTheWrongTypeIsNamedThreeTimesAsCargoDoes() throws Exception {
    file("/home/me/ws/.cargo/config.toml", "[target.'cfg(x=\"y\")']\nrunner = false\n");
    assertThatThrownBy(() -> ConfigCheck.checkTargets(load(Map.of()), _ -> {}))
        .hasMessageEndingWith("could not load config key `target.'cfg(x=\"y\")'.runner`")
        .cause()
        .hasMessageEndingWith("could not load config key `target.'cfg(x=\"y\")'.runner`")
        .cause()
        .hasMessageStartingWith("invalid configuration for key `target.'cfg(x=\"y\")'.runner`\n");
  }

  /// Returns the messages of what is wrong with a section, empty for nothing.
  private String fault(String section) throws KilnException {
    try {
      ConfigCheck.check(load(Map.of()), _ -> {}, section);
      return "";
    } catch (KilnException e) {
      var cause = e.getCause();
      return e.getMessage() + (cause == null ? "" : "|" + cause.getMessage());
    }
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
