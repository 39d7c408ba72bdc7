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

class EmulatorTest {
  private final FakeMachine machine = new FakeMachine();
  private final TargetInfo host = target("x86_64-unknown-linux-gnu", "x86_64", "linux");

  @AfterEach
  void close() throws IOException {
    machine.close();
  }

  @Test
  void onlyAForeignProcessorOrSystemNeedsOne() {
    assertThat(Emulator.runsItself(host, target("x86_64-unknown-linux-musl", "x86_64", "linux")))
        .isTrue();
    assertThat(Emulator.runsItself(host, target("i686-unknown-linux-gnu", "x86", "linux")))
        .isTrue();
    assertThat(Emulator.runsItself(host, target("aarch64-unknown-linux-gnu", "aarch64", "linux")))
        .isFalse();
    assertThat(Emulator.runsItself(host, target("x86_64-pc-windows-gnu", "x86_64", "windows")))
        .isFalse();
  }

  @Test
  void aDynamicProgramGetsItsLibraries() throws Exception {
    machine.write("/usr/bin/qemu-aarch64", "");
    machine.write("/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1", "");
    var target = target("aarch64-unknown-linux-gnu", "aarch64", "linux");

    assertThat(emulator().find(target, "/lib/ld-linux-aarch64.so.1"))
        .containsExactly("/usr/bin/qemu-aarch64", "-L", "/usr/aarch64-linux-gnu");
    machine.write("/usr/bin/qemu-aarch64-static", "");
    assertThat(emulator().find(target, null)).containsExactly("/usr/bin/qemu-aarch64-static");
  }

  @Test
  void theLibrariesAreThoseThatTheProgramWasBuiltWith() throws Exception {
    machine.write("/usr/bin/qemu-aarch64", "");
    machine.write("/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1", "");
    machine.write("/store/tree/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1", "");
    var emulator =
        new Emulator(machine.path("/home/ann/app"), "/usr/bin", machine.path("/store/tree"));

    var target = target("aarch64-unknown-linux-gnu", "aarch64", "linux");
    var interpreter = "/lib/ld-linux-aarch64.so.1";
    assertThat(emulator.find(target, interpreter))
        .containsExactly("/usr/bin/qemu-aarch64", "-L", "/store/tree/usr/aarch64-linux-gnu");

    machine.write("/store/tree" + interpreter, "");
    assertThat(emulator.find(target, interpreter))
        .as("the target's own packages, which native libraries come with")
        .containsExactly("/usr/bin/qemu-aarch64", "-L", "/store/tree");
  }

  @Test
  void withoutOneTheRunnersKeyIsNamed() {
    assertThatThrownBy(
            () -> emulator().find(target("s390x-unknown-linux-gnu", "s390x", "linux"), ""))
        .hasMessage(
            "this machine cannot run programs for s390x-unknown-linux-gnu: there is no"
                + " `qemu-s390x` on PATH")
        .extracting(e -> ((KilnException) e).hint())
        .asString()
        .contains("target.s390x-unknown-linux-gnu.runner")
        .contains("apt-get install qemu-user-static");
    assertThatThrownBy(
            () -> emulator().find(target("x86_64-pc-windows-gnu", "x86_64", "windows"), null))
        .hasMessage("this machine cannot run programs for x86_64-pc-windows-gnu");
  }

  private Emulator emulator() {
    return new Emulator(machine.path("/home/ann/app"), "/usr/bin", machine.path("/"));
  }

  private static TargetInfo target(String triple, String arch, String os) {
    return new TargetInfo(
        triple,
        triple,
        List.of(
            new Cfg("target_arch", arch),
            new Cfg("target_endian", "little"),
            new Cfg("target_os", os)),
        new TreeMap<>(),
        List.of());
  }
}
