package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The sample workspace, from its lock file to running programs, by the packaged program.
///
/// One store serves all, and the order is a story: built, nothing to do, edited, and so on.
@Needs({"rustc", "cc", "bwrap"})
@TestMethodOrder(OrderAnnotation.class)
class WorkshopIT {
  private static final String[] BUILD = {"--offline", "--locked"};

  @TempDir static Path temp;
  private static KilnProgram kiln;
  private static Path workshop;

  @BeforeAll
  static void aCopyOfTheWorkshop() throws IOException {
    kiln = new KilnProgram(temp.resolve("places"));
    workshop = KilnProgram.copyFixture("workshop", temp.resolve("a workshop/größe"));
  }

  @Test
  @Order(1)
  void buildsAndItsProgramsRun() throws Exception {
    var built = kiln.build(workshop, BUILD);
    assertThat(built.run().code()).as(built.run().err()).isZero();
    assertThat(built.report().reused()).isZero();
    assertThat(built.report().built()).isGreaterThan(20);
    var result = workshop.resolve("result");
    assertThat(exec(result.resolve("bin/fire"), "x").lines())
        .contains(
            "✨ pot glaze=\"COBALT\" radius=2.0 height=4.0 (mittelgroß) ✨ gold",
            "825 g of water for 3000 g of clay (275)",
            "fired at 1240 degrees, compiled from native/clay.c",
            "firing/src/main.rs in firing",
            "argument x");
    assertThat(exec(result.resolve("bin/fire")))
        .startsWith("pots 1.2.3 by Zoë Töpfer <zoe@example.invalid>:陶芸 太郎 for ");
    assertThat(exec(result.resolve("bin/inventory"))).isEqualTo("[ 3 pots, 226.2 litres ]\n");
    assertThat(result.resolve("lib/libpots_ffi.so")).isRegularFile();
    assertThat(result.resolve("lib/libpots_ffi.a")).isRegularFile();
    try (var files = Files.list(workshop)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .as("nothing but the link is written to the workspace")
          .containsExactlyInAnyOrder(
              ".cargo",
              "Cargo.lock",
              "Cargo.toml",
              "clay",
              "clay-sys",
              "firing",
              "pots",
              "pots-derive",
              "pots-ffi",
              "registry",
              "result");
    }
  }

  @Test
  @Order(2)
  void aDependentStartsWhileItsDependencyGeneratesCode() throws Exception {
    var folder = temp.resolve("pipeline");
    KilnProgram.write(
        folder.resolve("Cargo.toml"),
        """
        [package]
        name = "above"
        version = "0.1.0"
        edition = "2021"
        [dependencies]
        below = { path = "below" }
        """);
    KilnProgram.write(folder.resolve("src/lib.rs"), "pub use below::*;\n");
    KilnProgram.write(
        folder.resolve("below/Cargo.toml"),
        "[package]\nname = \"below\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    var much = new StringBuilder();
    for (int i = 0; i < 4000; i++) {
      much.append("pub fn f").append(i).append("(s: &str) -> String { format!(\"{s:?}{}\", ");
      much.append(i).append(") }\n");
    }
    KilnProgram.write(folder.resolve("below/src/lib.rs"), much.toString());
    var built = kiln.build(folder, "--offline", "--release");
    assertThat(built.run().code()).as(built.run().err()).isZero();
    var below = find(built.report(), "below#0.1.0 below lib");
    var above = find(built.report(), "pipeline#above@0.1.0 above lib");
    assertThat(above.require("started").asDouble())
        .isLessThan(
            below.require("started").asDouble() + below.require("seconds").asDouble() - 0.1);
  }

  @Test
  @Order(3)
  void theSecondBuildStartsNothingAndSaysSoInOneLine() throws Exception {
    var built = kiln.build(workshop, BUILD);
    assertThat(built.report().built()).isZero();
    assertThat(built.run().err().lines()).hasSize(1);
    assertThat(built.run().err()).contains("Finished").contains("nothing to do");
  }

  @Test
  @Order(4)
  void keysAreTheSameInAnotherFolderAndLocale() throws Exception {
    var root = KilnProgram.ROOT;
    var here =
        kiln.build(
            root,
            Map.of("LC_ALL", "C", "LANG", "C", "USER", "somebody-else"),
            "--offline",
            "--no-out-link",
            "--manifest-path",
            "fixtures/workshop/Cargo.toml");
    assertThat(here.run().code()).as(here.run().err()).isZero();
    assertThat(here.report().built()).isZero();
    assertThat(here.report().derivations())
        .isEqualTo(kiln.build(workshop, BUILD).report().derivations());
  }

  @Test
  @Order(5)
  void anEditOfWhatNobodyReadsBuildsNothing() throws Exception {
    // not README.md: where that appears, CARGO_PKG_README is another
    KilnProgram.write(workshop.resolve("NOTES.md"), "read by nobody\n");
    KilnProgram.write(workshop.resolve("pots/NOTES.md"), "read by nobody\n");
    KilnProgram.write(workshop.resolve("pots/tests/shelf.rs"), "// not built by `build`\n");
    assertThat(kiln.build(workshop, BUILD).report().in("built")).isEmpty();
  }

  @Test
  @Order(6)
  void anEditBuildsThePackageAndWhatDependsOnIt() throws Exception {
    append(workshop.resolve("clay/src/lib.rs"), "\npub fn more() {}\n");
    assertThat(kiln.build(workshop, BUILD).report().in("built"))
        .containsExactlyInAnyOrder(
            "clay#1.2.3 clay lib", "firing#1.2.3 fire bin", "firing#1.2.3 inventory bin");
  }

  @Test
  @Order(7)
  void aBuildScriptThatSaysTheSameBuildsNothingElse() throws Exception {
    append(workshop.resolve("clay/build.rs"), "\n// a remark\n");
    assertThat(kiln.build(workshop, BUILD).report().in("built"))
        .contains("clay#1.2.3 build-script-build custom-build")
        .isSubsetOf(
            "clay#1.2.3 build-script-build custom-build", "clay#1.2.3 build-script-build run");
  }

  @Test
  @Order(8)
  void runPassesArgumentsAndExitCodesOn() throws Exception {
    var run = kiln.run(workshop, "run", "--offline", "--", "a b", "ü");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("argument a b\n", "argument ü\n");
    var example = kiln.run(workshop, "run", "-q", "--offline", "--example", "teapot");
    assertThat(example.out()).isEqualTo("tea-pot spout=true cups=4\n");
    assertThat(example.err()).isEmpty();
  }

  @Test
  @Order(9)
  void anExampleLiesWhereCargoWouldPutIt() throws Exception {
    var link = temp.resolve("examples-link");
    var built = kiln.build(workshop, "--offline", "--examples", "--out-link", link.toString());
    assertThat(built.run().code()).as(built.run().err()).isZero();
    assertThat(exec(link.resolve("examples/teapot"))).isEqualTo("tea-pot spout=true cups=4\n");
  }

  @Test
  @Order(10)
  void twoWorkspacesShareWhatBothDependOn() throws Exception {
    var other = temp.resolve("other");
    KilnProgram.write(
        other.resolve("Cargo.toml"),
        """
        [package]
        name = "other"
        version = "0.1.0"
        edition = "2021"
        [dependencies]
        geometry = { version = "2", registry = "workshop" }
        [profile.dev.package.textkit]
        opt-level = 1
        """);
    KilnProgram.write(
        other.resolve("src/main.rs"), "fn main() { println!(\"{}\", geometry::name()); }\n");
    Files.createDirectories(other.resolve(".cargo"));
    Files.copy(workshop.resolve(".cargo/config.toml"), other.resolve(".cargo/config.toml"));
    Files.createSymbolicLink(other.resolve("registry"), workshop.resolve("registry"));
    var lock = Files.readString(workshop.resolve("Cargo.lock"));
    KilnProgram.write(
        other.resolve("Cargo.lock"),
        """
        version = 4

        [[package]]
        name = "other"
        version = "0.1.0"
        dependencies = [
         "geometry",
        ]

        """
            + entry(lock, "geometry", "2.0.3").replace("textkit 1.0.4", "textkit")
            + "\n"
            + entry(lock, "textkit", "1.0.4"));
    var built = kiln.build(other, "--offline");
    assertThat(built.run().code()).as(built.run().err()).isZero();
    assertThat(built.report().in("built")).containsExactly("other#0.1.0 other bin");
    assertThat(built.report().reused()).isEqualTo(2);
  }

  private static String entry(String lock, String name, String version) {
    return List.of(lock.split("(?=\\[\\[package]])", -1)).stream()
        .filter(text -> text.contains("name = \"" + name + "\"\nversion = \"" + version + "\""))
        .findFirst()
        .orElseThrow();
  }

  private static Json find(KilnProgram.Report report, String label) throws KilnException {
    for (var unit : report.units()) {
      if (KilnProgram.Report.label(unit).equals(label)) {
        return unit;
      }
    }
    throw new AssertionError("no unit " + label + " in " + report.derivations().keySet());
  }

  private static String exec(Path program, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    var run = kiln.start(temp, Map.of(), command);
    assertThat(run.code()).as(run.err()).isZero();
    return run.out();
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, Files.readString(file) + text);
  }
}
