package dev.kiln.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallRootTest {
  @TempDir Path directory;
  private Path built;
  private InstallRoot root;

  @BeforeEach
  void build() throws Exception {
    built = Files.writeString(directory.resolve("rg"), "program");
    root = new InstallRoot(directory.resolve("root"));
  }

  @Test
  void aProgramIsCopiedAndMayBeRun() throws Exception {
    root.install("rg", built, "ripgrep");
    var installed = directory.resolve("root/bin/rg");
    assertThat(installed).hasContent("program").isExecutable();
    assertThat(Files.isSymbolicLink(installed)).isFalse();
  }

  @Test
  void thePackageItselfMayInstallAgain() throws Exception {
    root.install("rg", built, "ripgrep");
    root.requireFree("rg", "ripgrep");
    Files.writeString(built, "newer");
    root.install("rg", built, "ripgrep");
    assertThat(directory.resolve("root/bin/rg")).hasContent("newer");
  }

  @Test
  void anothersProgramIsNotOverwritten() throws Exception {
    root.install("rg", built, "ripgrep");
    assertThatThrownBy(() -> root.requireFree("rg", "other"))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("binary `rg` already exists in destination")
        .hasMessageEndingWith("as part of `ripgrep`");
  }

  @Test
  void aFileThatKilnDidNotInstallIsNotOverwritten() throws Exception {
    Files.createDirectories(directory.resolve("root/bin"));
    Files.writeString(directory.resolve("root/bin/rg"), "the user's");
    assertThatThrownBy(() -> root.requireFree("rg", "ripgrep"))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("already exists in destination");
  }
}
