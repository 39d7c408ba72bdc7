package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.plan.CompileKind;
import dev.kiln.toolchain.Elf;
import dev.kiln.toolchain.Emulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How a built program is started: by the runner that the configuration names, else by itself, else
/// by qemu's user mode where it is for another processor, or its dynamic linker is not here.
public final class ProgramRunner {
  private ProgramRunner() {}

  /// Returns the words that stand before the program's path; `sysroot` is the root directory of
  /// what it was built with.
  static List<String> of(
      Settings settings, Planned planned, CompileKind kind, Path program, Path sysroot)
      throws KilnException {
    var info = planned.facts().of(kind).info();
    var configured = new TargetTables(planned.config(), info).runner();
    if (configured != null) {
      return configured;
    }
    var host = planned.facts().of(CompileKind.HOST).info();
    var emulator =
        new Emulator(settings.cwd(), settings.environment().getOrDefault("PATH", ""), sysroot);
    try {
      var interpreter = Elf.read(program).map(Elf::interpreter).orElse(null);
      boolean hasInterpreter =
          interpreter == null || Files.exists(settings.cwd().resolve(interpreter));
      return hasInterpreter && emulator.runsItself(host, info)
          ? List.of()
          : emulator.find(info, interpreter);
    } catch (IOException e) {
      throw new KilnException("cannot read " + program, null, e);
    }
  }
}
