package dev.kiln.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.builder.Mount;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MovedPathsTest {
  private final MovedPaths moved =
      MovedPaths.of("/r", List.of(new Mount.Scratch("/build/x"), new Mount.Scratch("/nix/store")));

  @ParameterizedTest
  @CsvSource({
    "/build/ws, /r/build/ws",
    "/build, /r/build",
    "--remap=/build/ws=/build/y, --remap=/r/build/ws=/r/build/y",
    "-L/build/x, -L/r/build/x",
    "-O2 -I/build/x -g, -O2 -I/r/build/x -g",
    "'-Wl,-rpath,/build/x', '-Wl,-rpath,/r/build/x'",
    "/nix/store/a:/nix/store/b, /r/nix/store/a:/r/nix/store/b",
    "/usr/bin:/build/bin, /usr/bin:/r/build/bin",
    "target/build/x, target/build/x",
    "/home/me/build/x, /home/me/build/x",
    "/builder, /builder",
    "/build-x/y, /build-x/y",
    "/usr/lib, /usr/lib",
  })
  void aSandboxPathIsMovedWhereverItBegins(String text, String there) {
    assertThat(moved.there(text)).isEqualTo(there);
    var back = moved.back(there.getBytes(StandardCharsets.UTF_8));
    assertThat(new String(back, StandardCharsets.UTF_8)).isEqualTo(text);
  }

  @Test
  void textFilesAreWrittenBackAndOthersLeft(@TempDir Path dir) throws Exception {
    Files.writeString(dir.resolve("text"), "prefix=/r/build/x\n");
    Files.writeString(dir.resolve("binary"), "\0/r/build/x");
    moved.restore(dir);
    assertThat(dir.resolve("text")).hasContent("prefix=/build/x");
    assertThat(dir.resolve("binary")).hasContent("\0/r/build/x");
  }
}
