package dev.kiln.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CrossFinderTest {
  private static final String HOST = "x86_64-unknown-linux-gnu";

  private final FakeMachine machine = new FakeMachine();

  @AfterEach
  void close() throws IOException {
    machine.close();
  }

  @Test
  void theHostAndWhatGnuToolsDoNotKnowAreLeftToRustc() throws Exception {
    program("aarch64-linux-gnu-gcc");

    assertThat(find(HOST)).isEqualTo(CrossTools.NONE);
    assertThat(find("wasm32-unknown-unknown")).isEqualTo(CrossTools.NONE);
    assertThat(find("aarch64-apple-darwin")).isEqualTo(CrossTools.NONE);
  }

  @Test
  void aCrossCompilerIsLinkerAndCompiler() throws Exception {
    program("aarch64-linux-gnu-gcc");
    program("aarch64-linux-gnu-ar");
    machine.write("/usr/lib/aarch64-linux-gnu/pkgconfig/z.pc", "");

    var tools = find("aarch64-unknown-linux-gnu");

    assertThat(tools.linker()).isEqualTo(new CrossTools.Linker("aarch64-linux-gnu-gcc", null));
    assertThat(tools.environment())
        .containsEntry("CC_aarch64_unknown_linux_gnu", "aarch64-linux-gnu-gcc")
        .containsEntry("AR_aarch64_unknown_linux_gnu", "aarch64-linux-gnu-ar")
        .containsEntry("PKG_CONFIG_ALLOW_CROSS_aarch64_unknown_linux_gnu", "1")
        .containsEntry(
            "CMAKE_TOOLCHAIN_FILE_aarch64_unknown_linux_gnu", "/build/cross/toolchain.cmake")
        .doesNotContainKey("CXX_aarch64_unknown_linux_gnu");
    assertThat(tools.files().get("toolchain.cmake"))
        .contains("set(CMAKE_SYSTEM_PROCESSOR aarch64)")
        .contains("set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)")
        .doesNotContain("CXX");
    assertThat(tools.sources()).containsExactly(machine.path("/usr/bin/aarch64-linux-gnu-gcc"));
  }

  @Test
  void namesAreThoseOfDistributions() throws Exception {
    program("arm-linux-gnueabihf-gcc");
    program("riscv64-linux-gnu-gcc");
    program("x86_64-w64-mingw32-gcc");
    program("powerpc64le-unknown-linux-gnu-gcc");

    assertThat(linker("armv7-unknown-linux-gnueabihf")).isEqualTo("arm-linux-gnueabihf-gcc");
    assertThat(linker("riscv64gc-unknown-linux-gnu")).isEqualTo("riscv64-linux-gnu-gcc");
    assertThat(linker("x86_64-pc-windows-gnu")).isEqualTo("x86_64-w64-mingw32-gcc");
    assertThat(linker("powerpc64le-unknown-linux-gnu"))
        .isEqualTo("powerpc64le-unknown-linux-gnu-gcc");
  }

  @Test
  void withoutALinkerOneSentenceSaysWhatToInstall() throws Exception {
    var missing = Objects.requireNonNull(find("s390x-unknown-linux-gnu").missing());

    assertThat(missing)
        .hasMessage(
            "there is no linker for s390x-unknown-linux-gnu: `s390x-linux-gnu-gcc` was not found");
    assertThat(missing.hint())
        .contains("apt-get install gcc-s390x-linux-gnu")
        .contains("target.s390x-unknown-linux-gnu.linker");
    assertThat(find("i686-unknown-linux-gnu").missing()).as("cc -m32").isNull();
  }

  @Test
  void muslIsCompiledForWithGnusCompilerAndLinkedWithoutADriver() throws Exception {
    program("aarch64-linux-gnu-gcc");
    program("aarch64-linux-gnu-ld");
    program("aarch64-linux-gnu-ar");
    machine.write("/usr/lib/aarch64-linux-musl/musl-gcc.specs", "");

    var tools = find("aarch64-unknown-linux-musl");

    assertThat(tools.linker()).isEqualTo(new CrossTools.Linker("aarch64-linux-gnu-ld", "ld"));
    assertThat(tools.environment())
        .containsEntry("CC_aarch64_unknown_linux_musl", "/build/cross/bin/aarch64-linux-musl-gcc");
    assertThat(tools.files())
        .containsEntry(
            "bin/aarch64-linux-musl-gcc",
            """
            #!/bin/sh
            exec aarch64-linux-gnu-gcc -specs /usr/lib/aarch64-linux-musl/musl-gcc.specs \
            -mno-outline-atomics "$@"
            """)
        .containsEntry(
            "bin/aarch64-linux-musl-ar", "#!/bin/sh\nexec aarch64-linux-gnu-ar \"$@\"\n");
    assertThat(new CrossFinder(machine.path("/"), HOST, true).find("aarch64-unknown-linux-musl"))
        .as("Rust's own linker, where the toolchain has it")
        .extracting(CrossTools::linker)
        .isEqualTo(new CrossTools.Linker("rust-lld", null));
  }

  @Test
  void muslOnTheOwnProcessorTakesTheOwnCompiler() throws Exception {
    program("gcc");
    program("cc");
    machine.write("/usr/lib/x86_64-linux-musl/musl-gcc.specs", "");

    var tools = find("x86_64-unknown-linux-musl");

    assertThat(tools.linker()).as("rustc's default").isNull();
    assertThat(tools.missing()).isNull();
    assertThat(tools.files().get("bin/x86_64-linux-musl-gcc"))
        .isEqualTo("#!/bin/sh\nexec gcc -specs /usr/lib/x86_64-linux-musl/musl-gcc.specs \"$@\"\n");
  }

  @Test
  void aMuslDriverIsPreferred() throws Exception {
    program("aarch64-linux-musl-gcc");
    program("aarch64-linux-gnu-ld");

    assertThat(linker("aarch64-unknown-linux-musl")).isEqualTo("aarch64-linux-musl-gcc");
  }

  @Test
  void whatTheUserSetsInAnySpellingIsLeftAlone() throws Exception {
    program("aarch64-linux-gnu-gcc");
    program("aarch64-linux-gnu-ar");
    var triple = "aarch64-unknown-linux-gnu";
    var tools = find(triple);

    assertThat(tools.environmentBeside(new TreeMap<>(Map.of("TARGET_AR", "x")), triple))
        .containsKey("CC_aarch64_unknown_linux_gnu")
        .doesNotContainKey("AR_aarch64_unknown_linux_gnu");
    assertThat(tools.environmentBeside(new TreeMap<>(Map.of("CC_" + triple, "x")), triple))
        .containsKey("AR_aarch64_unknown_linux_gnu")
        .doesNotContainKey("CC_aarch64_unknown_linux_gnu")
        .doesNotContainKey("CMAKE_TOOLCHAIN_FILE_aarch64_unknown_linux_gnu");
  }

  @Test
  void whereRustsOwnLinkerIsMissingLlvmsTakesItsPlace() throws Exception {
    program("wasm-ld-14");
    program("wasm-ld-22");

    assertThat(find("wasm32-unknown-unknown").linker())
        .isEqualTo(new CrossTools.Linker("/usr/bin/wasm-ld-22", "wasm-ld"));
    assertThat(new CrossFinder(machine.path("/"), HOST, true).find("wasm32-unknown-unknown"))
        .isEqualTo(CrossTools.NONE);
  }

  private CrossTools find(String triple) {
    return new CrossFinder(machine.path("/"), HOST, false).find(triple);
  }

  private String linker(String triple) {
    return Objects.requireNonNull(find(triple).linker()).program();
  }

  private void program(String name) throws IOException {
    var file = machine.write("/usr/bin/" + name, "");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
