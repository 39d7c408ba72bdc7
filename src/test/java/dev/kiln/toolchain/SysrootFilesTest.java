package dev.kiln.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SysrootFilesTest {
  private static final String HOST = "x86_64-unknown-linux-gnu";

  private final FakeMachine machine = new FakeMachine();

  @AfterEach
  void close() throws IOException {
    machine.close();
  }

  @Test
  void aRustupToolchainGivesProgramsLibrariesAndTargets() throws Exception {
    var runPath = "$ORIGIN/../lib";
    machine.write("/t/bin/rustc", FakeMachine.elf("/lib/ld", List.of("libdriver.so"), runPath));
    machine.write("/t/bin/clippy-driver", FakeMachine.elf("/lib/ld", List.of(), runPath));
    machine.write("/t/bin/cargo", "not needed");
    machine.write("/t/lib/libdriver.so", FakeMachine.elf(null, List.of("libLLVM.so.22"), runPath));
    machine.write("/t/lib/libLLVM.so.22", FakeMachine.elf(null, List.of("libc.so.6"), runPath));
    machine.write("/t/lib/libc.so.6", "the machine's");
    machine.write("/t/lib/libother.so", "not needed");
    machine.write("/t/lib/rustlib/" + HOST + "/lib/libstd-1.rlib", "std");
    machine.write("/t/lib/rustlib/" + HOST + "/bin/gcc-ld/ld.lld", "lld");
    machine.write("/t/lib/rustlib/" + HOST + "/codegen-backends/libb.so", "backend");
    machine.write("/t/lib/rustlib/x86_64-unknown-linux-musl/lib/self-contained/crt1.o", "crt");
    machine.write("/t/lib/rustlib/src/rust/library/core/src/lib.rs", "source");
    machine.write("/t/lib/rustlib/components", "rustc");
    machine.write("/t/share/doc/rust/html/index.html", "docs");

    var files = SysrootFiles.of(machine.path("/t"), HOST);

    assertThat(files.files().keySet())
        .containsExactly(
            "bin/clippy-driver",
            "bin/rustc",
            "lib/libLLVM.so.22",
            "lib/libdriver.so",
            "lib/rustlib/x86_64-unknown-linux-gnu/bin/gcc-ld/ld.lld",
            "lib/rustlib/x86_64-unknown-linux-gnu/codegen-backends/libb.so",
            "lib/rustlib/x86_64-unknown-linux-gnu/lib/libstd-1.rlib");
    assertThat(files.texts()).isEmpty();
    assertThat(
            SysrootFiles.ofTarget(machine.path("/t"), "x86_64-unknown-linux-musl").files().keySet())
        .containsExactly("lib/rustlib/x86_64-unknown-linux-musl/lib/self-contained/crt1.o");
  }

  @Test
  void aDistributionsCompilerIsStartedWithItsLibraries() throws Exception {
    var loader = "/lib64/ld-linux-x86-64.so.2";
    machine.write(
        "/usr/bin/rustc", FakeMachine.elf(loader, List.of("libdriver.so", "libc.so.6"), null));
    machine.write("/usr/bin/gcc", "not Rust's");
    machine.write("/usr/lib/x86_64-linux-gnu/libdriver.so", FakeMachine.elf(null, List.of(), null));
    machine.write("/usr/lib/x86_64-linux-gnu/libc.so.6", "the machine's");
    machine.write("/usr/lib/x86_64-linux-gnu/libstd-1.so", "std");
    machine.link(
        "/usr/lib/rustlib/" + HOST + "/lib/libstd-1.so", "/usr/lib/x86_64-linux-gnu/libstd-1.so");

    var files = SysrootFiles.of(machine.path("/usr"), HOST);
    files.writeTo(machine.path("/object"));

    assertThat(files.files().keySet())
        .containsExactly(
            "lib/libdriver.so", "lib/rustlib/" + HOST + "/lib/libstd-1.so", "libexec/rustc");
    assertThat(
            Files.isSymbolicLink(machine.path("/object/lib/rustlib/" + HOST + "/lib/libstd-1.so")))
        .isFalse();
    assertThat(Files.readString(machine.path("/object/bin/rustc")))
        .startsWith("#!/bin/sh\nhere=${0%/*}/..\n")
        .contains("exec " + loader + " --library-path \"$here/lib\" --argv0 \"$0\"");
  }

  @Test
  void aSysrootWithoutTheHostsStdIsRefused() throws Exception {
    machine.write("/t/bin/rustc", FakeMachine.elf("/lib/ld", List.of(), "$ORIGIN/../lib"));
    machine.write("/t/lib/rustlib/wasm32-unknown-unknown/lib/libstd.rlib", "std");

    assertThatThrownBy(() -> SysrootFiles.of(machine.path("/t"), HOST))
        .hasMessageContaining("no standard library for " + HOST);
  }

  @Test
  void aCompilerCanBringItsDynamicLinkerAndItsLibcAlong() throws Exception {
    machine.write(
        "/usr/bin/rustc", FakeMachine.elf("/lib64/ld-linux-x86-64.so.2", List.of(), null));
    machine.write("/usr/lib64/ld-linux-x86-64.so.2", "the dynamic linker");
    machine.write("/usr/lib/x86_64-linux-gnu/libc.so.6", "the C library");
    machine.write("/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "C++'s");
    machine.write("/usr/lib/x86_64-linux-gnu/libz.so.1", "the compiler's own");

    assertThat(SysrootFiles.ofRuntime(machine.path("/usr"), HOST).files().keySet())
        .containsExactly("lib/ld-linux-x86-64.so.2", "lib/libc.so.6", "lib/libstdc++.so.6");
  }

  @Test
  void aScriptIsNoCompiler() throws Exception {
    machine.write(
        "/t/bin/rustc", "#!/bin/sh\n" + "# a wrapper, long enough to be an ELF header".repeat(3));
    machine.write("/t/lib/rustlib/" + HOST + "/lib/libstd.rlib", "std");

    assertThatThrownBy(() -> SysrootFiles.of(machine.path("/t"), HOST))
        .hasMessageContaining("/t/bin/rustc is no ELF program");
  }
}
