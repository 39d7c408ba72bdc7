package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.plan.CompileKind;
import dev.kiln.toolchain.Elf;
import dev.kiln.toolchain.Emulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a built program is started: by the runner that the configuration names, else by itself, else
/// by qemu's user mode where it is for another processor, or its dynamic linker is not here.
public final class ProgramRunner {
  private ProgramRunner() {}

  /// Returns the words that stand before the program's path; `sysroot` is the root directory of
  /// what it was built with.
  static List<String> of(
      Settings settings, Planned planned, CompileKind kind, Path program, Path sysroot)
      throws KilnException {
    try {
      var interpreter = Elf.read(program).map(Elf::interpreter).orElse(null);
      boolean hasInterpreter =
          interpreter == null || Files.exists(settings.cwd().resolve(interpreter));
      return find(settings, planned, kind, sysroot, hasInterpreter, interpreter);
    } catch (IOException e) {
      throw new KilnException("cannot read " + program, null, e);
    }
  }

  /// Returns the words that stand before the paths of programs that do not exist yet, will find
  /// their dynamic linker, and are as one that is known: null where none is.
  static List<String> like(
      Settings settings, Planned planned, CompileKind kind, @Nullable Path known, Path sysroot)
      throws KilnException {
    try {
      var interpreter = known == null ? "" : Elf.read(known).map(Elf::interpreter).orElse(null);
      return find(settings, planned, kind, sysroot, true, interpreter);
    } catch (IOException e) {
      throw new KilnException("cannot read " + known, null, e);
    }
  }

  /// Says whether a kind's programs are for another processor or system than this machine's.
  static boolean isForeign(Planned planned, CompileKind kind) {
    var facts = planned.facts();
    return !Emulator.runsItself(facts.of(CompileKind.HOST).info(), facts.of(kind).info());
  }

  private static List<String> find(
      Settings settings,
      Planned planned,
      CompileKind kind,
      Path sysroot,
      boolean hasInterpreter,
      @Nullable String interpreter)
      throws KilnException {
    var info = planned.facts().of(kind).info();
    var configured = new TargetTables(planned.config(), info).runner();
    if (configured != null) {
      return configured;
    }
    var host = planned.facts().of(CompileKind.HOST).info();
    var emulator =
        new Emulator(settings.cwd(), settings.environment().getOrDefault("PATH", ""), sysroot);
    return hasInterpreter && Emulator.runsItself(host, info)
        ? List.of()
        : emulator.find(info, interpreter);
  }
}
