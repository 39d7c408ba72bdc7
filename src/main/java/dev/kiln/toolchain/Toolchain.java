package dev.kiln.toolchain;

import dev.kiln.store.StorePath;

/// One rustc as a store object: `bin/rustc`, `bin/rustdoc`, `lib/` and `lib/rustlib/TARGET/lib`
/// (with `self-contained/` for musl). Builders see it at [#AT].
public record Toolchain(String name, StorePath object, RustcVersion version) {
  /// The sandbox path of every toolchain.
  public static final String AT = "/build/toolchain";
}
