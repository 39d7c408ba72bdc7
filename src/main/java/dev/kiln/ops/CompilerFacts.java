package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.build.BuildContext;
import dev.kiln.plan.CompileKind;
import dev.kiln.toolchain.TargetInfo;
import java.util.TreeMap;

/// What command lines need of rustc and of the configuration.
final class CompilerFacts {
  private CompilerFacts() {}

  static BuildContext.Compiler of(Planned planned, Settings settings) throws KilnException {
    var targets = new TreeMap<CompileKind, TargetInfo>();
    var linkers = new TreeMap<CompileKind, String>();
    for (var entry : planned.facts().kinds().entrySet()) {
      var kind = entry.getKey();
      targets.put(kind, entry.getValue().info());
      var triple = kind.isHost() ? planned.facts().rustc().host() : kind.shortName();
      var linker = planned.config().program("target", triple, "linker");
      if (linker != null) {
        linkers.put(kind, linker);
      }
    }
    return new BuildContext.Compiler(
        planned.facts().rustc(),
        targets,
        linkers,
        planned.context().environment(),
        settings.choices().verbosity() > 1);
  }
}
