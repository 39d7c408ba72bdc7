package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.memo.Stamp;
import dev.kiln.store.Store;
import java.io.IOException;
import java.nio.file.Path;

/// A rustc that can be asked: its program, its host triple, and a text that changes whenever its
/// answers may.
public record Compiler(Path program, String host, String identity) {
  /// Returns the installed rustc itself, so that planning imports nothing.
  public static Compiler of(InstalledRustc rustc) throws KilnException {
    var program = rustc.sysroot().resolve("bin").resolve("rustc");
    try {
      return new Compiler(
          Programs.isProgram(program) ? program : rustc.program(),
          rustc.version().host(),
          program + " " + Stamp.of(program) + "\n" + rustc.version().verbose());
    } catch (IOException e) {
      throw new KilnException("cannot read " + program, null, e);
    }
  }

  /// Returns the rustc of a toolchain object, run from where the store lies.
  public static Compiler of(Store store, Toolchain toolchain) {
    return new Compiler(
        store.physical(toolchain.object()).resolve("bin").resolve("rustc"),
        toolchain.version().host(),
        toolchain.object().baseName());
  }
}
