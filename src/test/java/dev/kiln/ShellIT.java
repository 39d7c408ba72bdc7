package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kiln shell` shows what a unit saw, and runs the commands that `-v` prints.
@Needs({"rustc", "cc", "bwrap"})
class ShellIT {
  @TempDir static Path temp;
  private static KilnProgram kiln;

  @BeforeAll
  static void places() {
    kiln = new KilnProgram(temp.resolve("places"));
  }

  private static Path crate(String name, String main) throws Exception {
    var root = temp.resolve(name);
    KilnProgram.write(
        root.resolve("Cargo.toml"), "[package]\nname = '" + name + "'\nedition = '2021'\n");
    KilnProgram.write(root.resolve("src/main.rs"), main);
    return root;
  }

  /// What `-v` says after `Running`, for the only unit.
  private static String command(String err) {
    var lines = err.lines().filter(line -> line.startsWith("     Running `")).toList();
    assertThat(lines).hasSize(1);
    return lines.getFirst().replaceFirst(".*?`", "").replaceFirst("`$", "");
  }

  @Test
  void whatIsPrintedRunsAsItRan() throws Exception {
    var root = crate("sound", "fn main() { println!(\"{}\", env!(\"CARGO_PKG_NAME\")); }\n");
    var built = kiln.run(root, "build", "--offline", "-v");
    assertThat(built.code()).as(built.err()).isZero();

    var again =
        kiln.run(root, "shell", "sound", "--", "sh", "-c", command(built.err()) + " && ls /build");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out()).isEqualTo("cargo\nhome\ntarget\ntoolchain\nws\n");
    assertThat(kiln.run(root, "build", "--offline").err()).contains("nothing to do, 1 unit reused");
  }

  @Test
  void aFailedUnitCanBeLookedInto() throws Exception {
    var root = crate("broken", "fn main() { let x: u8 = \"\"; }\n");
    var built = kiln.run(root, "build", "--offline", "-v");
    assertThat(built.code()).isEqualTo(101);

    var again = kiln.run(root, "shell", "broken:build", "--", "sh", "-c", command(built.err()));
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("E0308");
  }

  @Test
  void thePlaceIsTheUnitsAndWritesAreRefused() throws Exception {
    var root = crate("walls", "fn main() {}\n");
    assertThat(kiln.run(root, "build", "--offline").code()).isZero();
    var tried = List.of("shell", "walls", "--", "sh", "-c", "pwd; id -u; >Cargo.toml; exit 3");
    var ran = kiln.run(root, tried.toArray(String[]::new));
    assertThat(ran.out()).isEqualTo("/build/ws\n1000\n");
    assertThat(ran.err()).contains("Read-only file system");
    assertThat(ran.code()).isNotZero();
  }

  @Test
  void aUnitThatNobodyBuiltIsASentence() throws Exception {
    var ran = kiln.run(crate("none", "fn main() {}\n"), "shell", "none");
    assertThat(ran.code()).isEqualTo(101);
    assertThat(ran.err()).startsWith("error: no build on this machine had the unit `none`\nhint: ");
  }
}
