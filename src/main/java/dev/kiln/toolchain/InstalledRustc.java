package dev.kiln.toolchain;

import java.nio.file.Path;

/// A rustc of this machine: the program that was found, what it says of itself, and its sysroot.
///
/// `name` is rustup's name of the toolchain, or the release where rustup is not in play.
public record InstalledRustc(String name, Path program, Path sysroot, RustcVersion version) {}
