package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.plan.CompileKind;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.Toolchain;

/// Finds the toolchain for a target: the host's with the target's standard library.
@FunctionalInterface
interface Stds {
  /// Returns the object that units of a kind see as their toolchain.
  StorePath toolchain(Toolchain host, CompileKind kind) throws KilnException, InterruptedException;
}
