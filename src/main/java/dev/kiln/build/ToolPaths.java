package dev.kiln.build;

import dev.kiln.toolchain.Toolchain;

/// The sandbox paths of the toolchain's programs.
public final class ToolPaths {
  public static final String BIN = Toolchain.AT + "/bin";
  public static final String RUSTC = BIN + "/rustc";
  public static final String RUSTDOC = BIN + "/rustdoc";

  private ToolPaths() {}

  /// Returns the directory of a target's own shared libraries, such as std's.
  public static String targetLibraries(String triple) {
    return Toolchain.AT + "/lib/rustlib/" + triple + "/lib";
  }
}
