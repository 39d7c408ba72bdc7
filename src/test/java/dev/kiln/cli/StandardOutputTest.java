package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.store.TestStores;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `/dev/full` answers each write as a full disk does.
class StandardOutputTest {
  @TempDir Path cwd;

  @AfterEach
  void deleteStore() throws Exception {
    TestStores.delete(cwd.resolve("s"));
  }

  private CommandLines.Ran toFullDisk(List<String> args) throws Exception {
    try (var full = new FileOutputStream("/dev/full")) {
      return CommandLines.kilnTo(full, cwd, new byte[0], args);
    }
  }

  private void fails(int code, String... args) throws Exception {
    var ran = toFullDisk(List.of(args));
    assertThat(ran.err())
        .as(String.join(" ", args))
        .isEqualTo("error: cannot write to standard output\ncaused by: No space left on device\n");
    assertThat(ran.code()).isEqualTo(code);
  }

  @Test
  void whatCargosCommandsPrintIsNotLostSilently() throws Exception {
    Files.createDirectories(cwd.resolve("src"));
    Files.writeString(cwd.resolve("src/lib.rs"), "");
    Files.writeString(cwd.resolve("Cargo.toml"), "[package]\nname = \"a\"\nedition = \"2024\"\n");
    fails(101, "--version");
    fails(101, "--help");
    fails(101, "metadata", "--store", "s", "--format-version", "1");
  }

  @Test
  void whatTheStoresCommandsPrintIsNotLostSilently() throws Exception {
    Files.writeString(cwd.resolve("f"), "contents");
    var store = List.of("--store", "s", "store");
    var path = CommandLines.kiln(cwd, "--store", "s", "store", "add", "f").out().strip();
    for (var words :
        List.of(
            List.of("add", "f"),
            List.of("dump", "f"),
            List.of("dump", path),
            List.of("export", path),
            List.of("cat", path),
            List.of("ls", path),
            List.of("path-info", "--json", path),
            List.of("query", "--graph", path))) {
      var line = new ArrayList<>(store);
      line.addAll(words);
      fails(1, line.toArray(String[]::new));
    }
    fails(1, "hash", "path", "f");
    fails(1, "key", "generate-secret", "--key-name", "k-1");
  }

  @Test
  void aCommandThatFailedAnywaySaysOnlyWhy() throws Exception {
    var ran = toFullDisk(List.of("--store", "s", "store", "add", "nothing"));
    assertThat(ran.err()).doesNotContain("standard output");
    assertThat(ran.code()).isEqualTo(1);
  }

  @Test
  void aReaderThatHasEnoughIsNoFailure() throws Exception {
    var pipe = cwd.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    var reader =
        new FutureTask<>(() -> {
          Files.newInputStream(pipe).close();
          return null;
        });
    Thread.ofPlatform().start(reader);
    CommandLines.Ran ran;
    try (var out = new FileOutputStream(pipe.toFile())) {
      reader.get();
      ran = CommandLines.kilnTo(out, cwd, new byte[0], List.of("--help"));
    }
    assertThat(ran.err()).isEmpty();
    assertThat(ran.code()).isZero();
  }
}
