package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.build.BuildContext;
import dev.kiln.plan.CompileKind;
import dev.kiln.toolchain.TargetInfo;
import java.util.TreeMap;

/// What command lines need of rustc and of the configuration.
final class CompilerFacts {
  private CompilerFacts() {}

  static BuildContext.Compiler of(Planned planned, Settings settings, Platforms platforms)
      throws KilnException {
    var targets = new TreeMap<CompileKind, TargetInfo>();
    var linkers = new TreeMap<CompileKind, String>();
    planned.facts().kinds().forEach((kind, facts) -> targets.put(kind, facts.info()));
    platforms.linkers().forEach((kind, linker) -> linkers.put(kind, linker.program()));
    return new BuildContext.Compiler(
        planned.facts().rustc(),
        targets,
        linkers,
        platforms.tools(),
        planned.context().environment(),
        Overrides.read(planned).extras(),
        settings.choices().verbosity() > 1,
        planned.workspaceRoot().startsWith(settings.places().storeRoot()));
  }
}
