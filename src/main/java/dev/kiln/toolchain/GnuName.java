package dev.kiln.toolchain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A target's name as GNU tools have it: `aarch64-linux-gnu` for `aarch64-unknown-linux-gnu`,
/// `arm-linux-gnueabihf` for `armv7-unknown-linux-gnueabihf`, `x86_64-w64-mingw32` for
/// `x86_64-pc-windows-gnu`.
///
/// `system` is what follows the processor: `linux-gnu`, `linux-musl`, `w64-mingw32`.
record GnuName(String processor, String system, String triple) {
  private static final Map<String, String> PROCESSORS =
      Map.of(
          "riscv64gc", "riscv64",
          "riscv32gc", "riscv32",
          "i586", "i686",
          "powerpc64le", "powerpc64le",
          "sparcv9", "sparc64");

  /// Returns the name; empty for targets that GNU tools are not named for.
  static Optional<GnuName> of(String triple) {
    var parts = triple.split("-", -1);
    if (parts.length != 4) {
      return Optional.empty();
    }
    var arch = parts[0];
    var environment = parts[3];
    var processor =
        arch.startsWith("arm") || arch.startsWith("thumb")
            ? "arm"
            : PROCESSORS.getOrDefault(arch, arch);
    if (parts[2].equals("linux")
        && (environment.startsWith("gnu") || environment.startsWith("musl"))) {
      return Optional.of(new GnuName(processor, "linux-" + environment, triple));
    }
    return parts[2].equals("windows") && environment.equals("gnu")
        ? Optional.of(new GnuName(processor, "w64-mingw32", triple))
        : Optional.empty();
  }

  boolean isMusl() {
    return system.startsWith("linux-musl");
  }

  boolean isWindows() {
    return system.equals("w64-mingw32");
  }

  /// Returns the name of the same machine with GNU's C library.
  GnuName glibc() {
    return new GnuName(
        processor, system.replace("linux-musl", "linux-gnu"), triple.replace("-musl", "-gnu"));
  }

  /// Returns what the names of its tools begin with, the usual one first: distributions' and that
  /// of compilers which carry the whole triple.
  List<String> prefixes() {
    var prefixes = new ArrayList<>(List.of(processor + "-" + system));
    if (!triple.equals(prefixes.getFirst())) {
      prefixes.add(triple);
    }
    if (system.startsWith("linux-")) {
      prefixes.add(processor + "-none-" + system);
    }
    return prefixes;
  }
}
