package dev.kiln.toolchain;

import java.nio.file.Path;
import java.util.List;

/// A rustc of this machine: the program that was found, what it says of itself, and its sysroot.
///
/// `name` is rustup's name of the toolchain, or the release where rustup is not in play. `loader`
/// are the words before the compiler's own file for one that brings its dynamic linker and C
/// library along, and so runs on machines that have others; empty where the program is started by
/// itself.
public record InstalledRustc(
    String name, Path program, Path sysroot, RustcVersion version, List<String> loader) {
  public InstalledRustc {
    loader = List.copyOf(loader);
  }
}
