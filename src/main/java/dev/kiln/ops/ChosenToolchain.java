package dev.kiln.ops;

import dev.kiln.ops.toolchains.DebianSupply;
import dev.kiln.ops.toolchains.Supply;
import dev.kiln.toolchain.InstalledRustc;
import org.jspecify.annotations.Nullable;

/// The tools that a user chose: rustc; the supply that it and the standard libraries come from,
/// null for one that is installed; and the packages that the sysroot is made of, null for the
/// machine's own.
public record ChosenToolchain(
    InstalledRustc rustc, @Nullable Supply packages, @Nullable DebianSupply sysroot) {}
