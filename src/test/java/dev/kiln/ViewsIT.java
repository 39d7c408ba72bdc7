package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.json.Json;
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

/// `tree` and `metadata` are cargo's, and so is what is refused; only the places of packages that
/// are not local differ.
@Needs({"rustc", "cargo"})
class ViewsIT {
  @TempDir static Path temp;
  private static KilnProgram kiln;
  private static Path workshop;
  private static Path fields;

  @BeforeAll
  static void places() throws Exception {
    kiln = new KilnProgram(temp.resolve("places"));
    workshop = KilnProgram.copyFixture("workshop", temp.toRealPath().resolve("workshop"));
    fields = KilnProgram.copyFixture("fields", temp.toRealPath().resolve("fields"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--target all --format {p}|{lib}|{f}",
        "--edges all --workspace",
        "--edges no-dev,no-proc-macro --charset ascii",
        "--depth workspace --workspace",
        "--duplicates",
        "--invert textkit@1.0.4 --all --no-indent",
        "--invert --package geometry --prefix-depth",
        "--edges normal,no-dev",
        "--edges features --duplicates",
        "--edges nonsense",
        "--depth nonsense",
        "--format {nonsense}",
        "--invert nonsense",
        "--invert",
      })
  void treesAreCargos(String flags) throws Exception {
    assertSameAsCargo("tree --offline " + flags);
  }

  @Test
  void whatIsNoMemberAndHasDevDependenciesIsNotTested() throws Exception {
    var app = temp.resolve("app");
    KilnProgram.write(
        app.resolve("Cargo.toml"),
        """
        [package]
        name = "app"
        version = "0.1.0"
        edition = "2021"

        [dependencies]
        bar = { path = "../bar" }
        """);
    KilnProgram.write(app.resolve("src/lib.rs"), "");
    KilnProgram.write(
        temp.resolve("bar/Cargo.toml"),
        """
        [package]
        name = "bar"
        version = "0.1.0"
        edition = "2021"

        [dev-dependencies]
        dev = { path = "../dev" }
        """);
    KilnProgram.write(temp.resolve("bar/src/lib.rs"), "");
    KilnProgram.write(
        temp.resolve("dev/Cargo.toml"),
        "[package]\nname = \"dev\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    KilnProgram.write(temp.resolve("dev/src/lib.rs"), "");
    for (var command : List.of("test -p bar", "test -p bar --doc", "check -p bar --profile test")) {
      var run = kiln.run(app, (command + " --unit-graph").split(" "));
      assertThat(run.code()).isEqualTo(101);
      assertThat(run.err())
          .contains("error: package `bar` cannot be tested because it requires dev-dependencies");
    }
    var run = kiln.run(app, "build", "-p", "bar", "--tests", "--unit-graph");
    assertThat(run.code()).as(run.err()).isZero();
  }

  /// Cargo resolves for all members and platforms before it looks at what is selected.
  @Test
  void whatALocalPackageLacksIsAskedOfItByNoMember() throws Exception {
    var root = Files.createDirectory(temp.toRealPath().resolve("lacking"));
    KilnProgram.write(
        root.resolve("Cargo.toml"), "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n");
    KilnProgram.write(
        root.resolve("a/Cargo.toml"), "[package]\nname = \"a\"\nedition = \"2021\"\n");
    KilnProgram.write(
        root.resolve("b/Cargo.toml"),
        """
        [package]
        name = "b"
        edition = "2021"

        [target.'cfg(windows)'.dependencies]
        a = { path = "../a", features = ["none"] }
        """);
    KilnProgram.write(root.resolve("a/src/lib.rs"), "");
    KilnProgram.write(root.resolve("b/src/lib.rs"), "");
    KilnProgram.write(
        root.resolve("Cargo.lock"),
        """
        version = 4

        [[package]]
        name = "a"
        version = "0.0.0"

        [[package]]
        name = "b"
        version = "0.0.0"
        dependencies = [
         "a",
        ]
        """);
    var expected = cargo(root, "check", "--offline", "-p", "a");
    var actual = kiln.run(root, "check", "--offline", "-p", "a");
    assertThat(actual.err().lines().filter(line -> line.startsWith("error")).toList())
        .isEqualTo(expected.err().lines().filter(line -> line.startsWith("error")).toList())
        .hasSize(1);
    assertThat(actual.code()).isEqualTo(expected.code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--no-deps",
        "--all-features --filter-platform x86_64-pc-windows-gnu",
        "--no-default-features --filter-platform x86_64-unknown-linux-gnu",
      })
  void metadataIsCargos(String flags) throws Exception {
    var command = ("metadata --offline --format-version 1 " + flags).strip().split(" ");
    assertThat(metadata(kiln.run(workshop, command))).isEqualTo(metadata(cargo(command)));
  }

  /// What a manifest can say of a package, in all types of TOML, with directories set beside it.
  @ParameterizedTest
  @ValueSource(strings = {"", "--no-deps", "--features a/plain,renamed", "--all-features"})
  void metadataOfEveryFieldIsCargos(String flags) throws Exception {
    var root = fields.resolve("a");
    var command = ("metadata --offline --format-version 1 " + flags).strip().split(" ");
    var expected = cargo(root, command);
    assertThat(metadata(kiln.run(root, cargoHome(), command))).isEqualTo(metadata(expected));
  }

  /// Returns the document, one value a line, without the places of packages that are not local.
  private static String metadata(KilnProgram.Run run) throws Exception {
    assertThat(run.code()).as(run.err()).isZero();
    var text = run.out();
    for (var pkg : Json.parse(text).require("packages").asArray()) {
      if (pkg.find("source").isPresent()) {
        var manifest = pkg.require("manifest_path").asString();
        var folder = manifest.substring(0, manifest.lastIndexOf('/'));
        text = text.replace(folder + "/", "/" + pkg.require("name").asString() + "/");
      }
    }
    return Json.parse(text).pretty();
  }

  private static void assertSameAsCargo(String line) throws Exception {
    var command = line.split(" ");
    var expected = cargo(command);
    var actual = kiln.run(workshop, command);
    assertThat(actual.out()).isEqualTo(expected.out());
    assertThat(said(actual)).isEqualTo(said(expected));
    assertThat(actual.code()).isEqualTo(expected.code());
  }

  private static List<String> said(KilnProgram.Run run) {
    return run.err()
        .lines()
        .filter(line -> line.startsWith("error: ") || line.startsWith("warning: "))
        .toList();
  }

  private static KilnProgram.Run cargo(String... arguments) throws Exception {
    return cargo(workshop, arguments);
  }

  private static KilnProgram.Run cargo(Path place, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("cargo"));
    command.addAll(List.of(arguments));
    return kiln.start(place, cargoHome(), command);
  }

  private static Map<String, String> cargoHome() throws Exception {
    return Map.of("CARGO_HOME", Files.createDirectories(temp.resolve("cargo")).toString());
  }
}
