package dev.kiln.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfTest {
  @TempDir Path directory;

  @Test
  void readsWhatTheDynamicLinkerReads() throws Exception {
    var file = directory.resolve("program");
    Files.write(
        file, FakeMachine.elf("/lib64/ld.so", List.of("liba.so", "libb.so.1"), "$ORIGIN:/x"));

    assertThat(Elf.read(file))
        .contains(
            new Elf("/lib64/ld.so", List.of("liba.so", "libb.so.1"), List.of("$ORIGIN", "/x")));
  }

  @Test
  void readsARealProgram() throws Exception {
    var elf = Elf.read(Path.of("/proc/self/exe").toRealPath()).orElseThrow();

    assertThat(elf.interpreter()).contains("/ld-");
    assertThat(elf.needed()).anyMatch(name -> name.startsWith("libc"));
  }

  @Test
  void whatIsNoElfFileIsNone() throws Exception {
    var file = directory.resolve("script");
    Files.writeString(file, "#!/bin/sh\n".repeat(20));
    var tiny = directory.resolve("tiny");
    Files.writeString(tiny, "");

    assertThat(Elf.read(file)).isEmpty();
    assertThat(Elf.read(tiny)).isEmpty();
  }

  @Test
  void aCutFileIsAnError() throws Exception {
    var whole = FakeMachine.elf("/lib64/ld.so", List.of("liba.so"), "$ORIGIN");
    var file = directory.resolve("cut");
    Files.write(file, Arrays.copyOf(whole, whole.length - 8));

    assertThatThrownBy(() -> Elf.read(file)).isInstanceOf(EOFException.class);
  }
}
