package dev.kiln.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.manifest.CfgExpr.Cfg;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SelfContainedTest {
  private static final TargetInfo TARGET = target("aarch64-unknown-linux-musl");

  private final FakeMachine machine = new FakeMachine();
  private final SelfContained found =
      new SelfContained(List.of(machine.path("/one"), machine.path("/two")));

  @AfterEach
  void close() throws IOException {
    machine.close();
  }

  @Test
  void startFilesAreMuslsAndTheNewestGccs() throws Exception {
    musl();
    for (var version : List.of("9", "12", "10-win32")) {
      for (var file : List.of("crtbegin.o", "crtbeginS.o", "crtend.o", "crtendS.o")) {
        machine.write("/one/usr/lib/gcc-cross/aarch64-linux-gnu/" + version + "/" + file, "");
      }
    }
    machine.write("/two/usr/lib/aarch64-linux-gnu/libunwind.a", "…__unw_getcontext…");

    assertThat(found.find(TARGET))
        .hasSize(11)
        .containsEntry("rcrt1.o", machine.path("/two/usr/lib/aarch64-linux-musl/rcrt1.o"))
        .containsEntry(
            "crtend.o", machine.path("/one/usr/lib/gcc-cross/aarch64-linux-gnu/12/crtend.o"))
        .containsEntry(
            "libunwind-glibc.a", machine.path("/two/usr/lib/aarch64-linux-gnu/libunwind.a"));

    machine.write("/two/usr/lib/aarch64-linux-gnu/libunwind.a", "…unw_getcontext…");
    assertThatThrownBy(() -> found.find(TARGET))
        .as("the unwinder of another project")
        .hasMessageContaining("LLVM's libunwind.a is not in the sysroot");
  }

  private static TargetInfo target(String triple) {
    return new TargetInfo(
        triple,
        "aarch64-unknown-linux-musl",
        List.of(new Cfg("target_env", "musl")),
        new TreeMap<>(),
        List.of());
  }

  @Test
  void aCustomTargetIsKnownByItsMachine() {
    assertThatThrownBy(() -> found.find(target("my-os")))
        .hasMessage("cannot make the standard library for my-os: crt1.o is not in the sysroot");
  }

  @Test
  void whatIsMissingIsNamed() throws Exception {
    assertThatThrownBy(() -> found.find(TARGET))
        .hasMessage(
            "cannot make the standard library for aarch64-unknown-linux-musl: crt1.o is not in the"
                + " sysroot")
        .extracting(e -> ((KilnException) e).hint())
        .asString()
        .contains("install musl-dev for the target's architecture");
    musl();
    assertThatThrownBy(() -> found.find(TARGET))
        .hasMessageContaining("crtbegin.o is not in the sysroot")
        .extracting(e -> ((KilnException) e).hint())
        .asString()
        .contains("install gcc-aarch64-linux-gnu");
  }

  private void musl() throws IOException {
    for (var file : List.of("crt1.o", "Scrt1.o", "rcrt1.o", "crti.o", "crtn.o", "libc.a")) {
      machine.write("/two/usr/lib/aarch64-linux-musl/" + file, "");
    }
  }
}
