package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.memo.Stamp;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// A rustc that can be asked: the words that start it, its host triple, and a text that changes
/// whenever its answers may.
public record Compiler(List<String> command, String host, String identity) {
  public Compiler {
    command = List.copyOf(command);
  }

  /// Returns the installed rustc itself, so that planning imports nothing.
  public static Compiler of(InstalledRustc rustc) throws KilnException {
    var program = rustc.sysroot().resolve("bin").resolve("rustc");
    try {
      return new Compiler(
          command(rustc),
          rustc.version().host(),
          program + " " + Stamp.of(program) + "\n" + rustc.version().verbose());
    } catch (IOException e) {
      throw new KilnException("cannot read " + program, null, e);
    }
  }

  private static List<String> command(InstalledRustc rustc) {
    var program = rustc.sysroot().resolve("bin").resolve("rustc");
    if (rustc.loader().isEmpty()) {
      return List.of((Programs.isProgram(program) ? program : rustc.program()).toString());
    }
    // what lies in bin/ may be a script that calls the machine's dynamic linker
    var itself = rustc.sysroot().resolve("libexec").resolve("rustc");
    var command = new ArrayList<>(rustc.loader());
    command.add((Files.exists(itself) ? itself : program).toString());
    return command;
  }
}
