package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What can go wrong is said in a sentence, ends with Cargo's exit code, and spoils nothing: the
/// next build succeeds.
@Needs({"rustc", "cc", "bwrap"})
class FailuresIT {
  @TempDir static Path temp;
  private static KilnProgram kiln;

  @BeforeAll
  static void places() {
    kiln = new KilnProgram(temp.resolve("places"));
  }

  @Test
  void aTypeErrorIsShownAsRustcShowsIt() throws Exception {
    var crate = crate("typed", "fn main() { let n: u32 = \"text\"; }\n");
    var run = kiln.run(crate, "build", "--offline");
    assertThat(run.code()).isEqualTo(101);
    assertThat(run.err())
        .contains(
            "error[E0308]: mismatched types", "src/main.rs:1:26", "could not compile `typed`");
    assertNextBuildSucceeds(crate);
  }

  @Test
  void aBuildScriptThatPanicsIsNamed() throws Exception {
    var crate = crate("scripted", "fn main() {}\n");
    KilnProgram.write(crate.resolve("build.rs"), "fn main() { panic!(\"no clay\"); }\n");
    var run = kiln.run(crate, "build", "--offline");
    assertThat(run.code()).isEqualTo(101);
    assertThat(run.err()).contains("scripted", "no clay");
    Files.delete(crate.resolve("build.rs"));
    assertNextBuildSucceeds(crate);
  }

  @Test
  void aWrongChecksumNamesTheCrateAndTheFile() throws Exception {
    var workshop = KilnProgram.copyFixture("workshop", temp.resolve("tampered"));
    var crate = workshop.resolve("registry/geometry-2.0.3.crate");
    var good = Files.readAllBytes(crate);
    var bad = good.clone();
    bad[bad.length / 2] ^= 1;
    Files.write(crate, bad);
    var run = kiln.run(workshop, "build", "--offline");
    assertThat(run.code()).isEqualTo(101);
    assertThat(run.complaints().getFirst()).startsWith("error: ").contains("geometry");
    assertThat(run.err()).contains("checksum");
    Files.write(crate, good);
    assertNextBuildSucceeds(workshop);
  }

  @Test
  void aMissingLockNamesTheCommandThatWritesIt() throws Exception {
    var workshop = KilnProgram.copyFixture("workshop", temp.resolve("unlocked"));
    Files.delete(workshop.resolve("Cargo.lock"));
    var run = kiln.run(workshop, "build", "--offline");
    assertThat(run.code()).isEqualTo(101);
    assertThat(run.err()).startsWith("error: ").contains("cargo generate-lockfile");
    assertThat(workshop.resolve("Cargo.lock")).doesNotExist();
  }

  @Test
  void aMissingRustcSaysHowToGetOne() throws Exception {
    var crate = crate("without", "fn main() {}\n");
    var bin = tools("sh", "bwrap", "unshare", "readlink", "find", "mkdir", "env", "cc");
    var run = kiln.run(crate, Map.of("PATH", bin.toString()), "build", "--offline");
    assertThat(run.code()).isEqualTo(101);
    assertThat(run.err())
        .startsWith("error: ")
        .contains("rustc")
        .contains("hint: install Rust with rustup");
  }

  @Test
  void aStoreThatCannotBeMadeIsNamed() throws Exception {
    var crate = crate("storeless", "fn main() {}\n");
    var file = Files.writeString(temp.resolve("a-file"), "");
    var run = kiln.run(crate, "build", "--offline", "--store", file.resolve("store").toString());
    assertThat(run.code()).isEqualTo(101);
    assertThat(run.err()).startsWith("error: ").contains(file.toString());
    assertThat(run.err()).doesNotContain("Exception");
  }

  @Test
  void aMissingManifestIsCargosError() throws Exception {
    var folder = Files.createDirectories(temp.resolve("nothing/here"));
    var run = kiln.run(folder, "build");
    assertThat(run.code()).isEqualTo(101);
    assertThat(run.err()).startsWith("error: could not find `Cargo.toml` in");
  }

  private static void assertNextBuildSucceeds(Path crate) throws Exception {
    if (Files.exists(crate.resolve("src/main.rs"))) {
      KilnProgram.write(crate.resolve("src/main.rs"), "fn main() { println!(\"well\"); }\n");
    }
    var run = kiln.run(crate, "build", "--offline");
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static Path crate(String name, String main) throws IOException {
    var crate = temp.resolve(name);
    KilnProgram.write(
        crate.resolve("Cargo.toml"),
        "[package]\nname = \"" + name + "\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    KilnProgram.write(crate.resolve("src/main.rs"), main);
    return crate;
  }

  /// A folder for PATH that has these programs and no others.
  private static Path tools(String... names) throws IOException {
    var bin = Files.createTempDirectory(temp, "bin");
    for (var name : names) {
      for (var folder : System.getenv("PATH").split(":", -1)) {
        var program = Path.of(folder, name);
        if (Files.isExecutable(program)) {
          Files.createSymbolicLink(bin.resolve(name), program);
          break;
        }
      }
    }
    return bin;
  }
}
