package dev.kiln.toolchain.debian;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The lock of debian-12 has all that its file may ask for.
class ShippedToolchainTest {
  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "aarch64"})
  void everyPartIsLockedForBothHosts(String machine) throws Exception {
    var file = DebianFile.parse(Path.of("debian-12.toml"), text("debian-12.toml"));
    var lock = PackageLock.parse("debian-12.lock", text("debian-12.lock"));
    var toolchain = DebianToolchain.of("debian-12", machine, file, lock);
    var foreign = machine.equals("x86_64") ? "aarch64" : "x86_64";
    var compiler = Map.of("aarch64", "gcc-aarch64-linux-gnu", "x86_64", "gcc-x86-64-linux-gnu");

    assertThat(names(toolchain.rust())).contains("rustc-web").doesNotContain("gcc");
    assertThat(names(toolchain.sysroot(List.of(), List.of()))).contains("gcc", "dash", "make");
    for (var triple : file.targets().keySet()) {
      var sysroot = names(toolchain.sysroot(List.of(triple), List.of()));
      assertThat(sysroot.contains(compiler.get(foreign)))
          .isEqualTo(triple.startsWith(foreign + "-unknown-linux"));
      assertThat(sysroot.contains("musl-dev")).isEqualTo(triple.endsWith("musl"));
      assertThat(toolchain.std(triple).isEmpty())
          .isEqualTo(!triple.matches("(x86_64|aarch64)-unknown-linux-gnu"));
    }
    assertThat(toolchain.knows("riscv64-unknown-linux-gnu")).as("LLVM's name of it").isTrue();
    assertThat(toolchain.knows("i586-unknown-linux-gnu")).isFalse();
    assertThat(toolchain.source().name()).isEqualTo("rust-web-src");
    for (var natives : file.sysroot().natives().values()) {
      assertThat(names(toolchain.sysroot(List.of(foreign + "-unknown-linux-gnu"), natives)))
          .containsAll(natives);
    }
  }

  private static List<String> names(Iterable<LockedPackage> packages) {
    var names = new ArrayList<String>();
    packages.forEach(pkg -> names.add(pkg.name()));
    return names;
  }

  private static String text(String name) throws IOException {
    try (var in = DebianFile.class.getResourceAsStream("/dev/kiln/toolchains/" + name)) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
