package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.memo.Memo;
import dev.kiln.ops.DoctorOperation.Finding;
import dev.kiln.ops.DoctorOperation.State;
import dev.kiln.plan.CompileKind;
import dev.kiln.toolchain.Compiler;
import dev.kiln.toolchain.CrossFinder;
import dev.kiln.toolchain.CrossTools;
import dev.kiln.toolchain.Emulator;
import dev.kiln.toolchain.InstalledRustc;
import dev.kiln.toolchain.RustcProbe;
import dev.kiln.toolchain.TargetInfo;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Looks at what building for another target needs, and running what was built.
final class TargetDoctor {
  private final Settings settings;
  private final List<Finding> findings = new ArrayList<>();

  TargetDoctor(Settings settings) {
    this.settings = settings;
  }

  /// Looks at a target's standard library, linker, C compiler, and at what runs its programs.
  List<Finding> look(InstalledRustc rustc, String target) throws InterruptedException {
    try {
      var memo = new Memo(settings.places().cache().resolve("memo"));
      var probe =
          new RustcProbe(
              memo, Runners.plain(), settings.environment(), new TreeMap<>(), settings.cwd());
      var compiler = Compiler.of(rustc);
      var host = probe.target(compiler, null, List.of());
      var info = probe.target(compiler, target, List.of());
      std(rustc, info, CompileKind.target(target));
      var lld = rustc.sysroot().resolve("lib/rustlib/" + rustc.version().host() + "/bin/rust-lld");
      tools(rustc.version().host(), Files.isExecutable(lld), info);
      runner(host, info, "");
    } catch (KilnException e) {
      var text = e.getMessage() + (target.endsWith(".json") ? "" : ": " + target);
      findings.add(new Finding(State.LACKING, "target", text, e.hint()));
    }
    return findings;
  }

  /// Looks at what the machine has to link and compile C for a target of a toolchain that brings
  /// none of it along, and at what runs its programs.
  List<Finding> look(TargetInfo host, TargetInfo target, boolean hasRustLld) {
    tools(host.triple(), hasRustLld, target);
    runner(host, target, "");
    return findings;
  }

  private void std(InstalledRustc rustc, TargetInfo info, CompileKind kind) {
    var libraries = rustc.sysroot().resolve("lib/rustlib/" + info.triple() + "/lib");
    findings.add(
        Files.isDirectory(libraries)
            ? new Finding(State.OK, "target", info.triple() + " (" + libraries + ")", null)
            : new Finding(
                State.LACKING,
                "target",
                "rustc has no standard library for " + info.triple(),
                AvailableStds.remedy(kind)));
  }

  private void tools(String host, boolean hasRustLld, TargetInfo info) {
    var finder = new CrossFinder(settings.cwd().resolve("/"), host, hasRustLld);
    var tools =
        info.triple().equals(info.machine())
            ? finder.find(info.triple())
            : finder.find(info.triple(), info.machine());
    if (tools.missing() != null) {
      findings.add(
          new Finding(
              State.LACKING,
              "linker",
              String.valueOf(tools.missing().getMessage()),
              tools.missing().hint()));
    } else {
      var linker = tools.linker();
      findings.add(
          new Finding(
              State.OK, "linker", linker == null ? "rustc's default" : linker.program(), null));
    }
    if (!tools.equals(CrossTools.NONE)) {
      compiler(tools, info);
    }
  }

  private void compiler(CrossTools tools, TargetInfo info) {
    var compiler = tools.environment().get("CC_" + info.triple().replace('-', '_'));
    findings.add(
        compiler != null
            ? new Finding(State.OK, "C compiler", compiler, null)
            : new Finding(
                State.WARNING,
                "C compiler",
                "none for " + info.triple() + " was found: crates with C code cannot be built",
                "name one as `env.CC_"
                    + info.triple().replace('-', '_')
                    + "` in .cargo/config.toml, or build with `--toolchain debian-12`"));
  }

  /// Looks for what runs a target's programs, with the machine's C library where they name an
  /// interpreter.
  List<Finding> runner(TargetInfo host, TargetInfo info, @Nullable String interpreter) {
    var emulator =
        new Emulator(
            settings.cwd(),
            settings.environment().getOrDefault("PATH", ""),
            settings.cwd().resolve("/"));
    try {
      findings.add(
          new Finding(
              State.OK,
              "runner",
              Emulator.runsItself(host, info)
                  ? "this machine"
                  : String.join(" ", emulator.find(info, interpreter)),
              null));
    } catch (KilnException e) {
      findings.add(new Finding(State.WARNING, "runner", String.valueOf(e.getMessage()), e.hint()));
    }
    return findings;
  }
}
