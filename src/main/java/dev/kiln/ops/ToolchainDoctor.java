package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.ops.DoctorOperation.Finding;
import dev.kiln.ops.DoctorOperation.State;
import dev.kiln.ops.toolchains.Supplies;
import dev.kiln.ops.toolchains.Supply;
import dev.kiln.ops.toolchains.ToolchainFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Looks at a toolchain that a file describes, and downloads nothing: whether it has what targets
/// need, and whether a mirror is known.
final class ToolchainDoctor {
  private final Settings settings;

  ToolchainDoctor(Settings settings) {
    this.settings = settings;
  }

  /// Returns what there is to say; empty where `--toolchain` names no toolchain file.
  Optional<List<Finding>> look(List<String> targets) {
    var name = settings.choices().toolchain();
    if (name == null) {
      return Optional.empty();
    }
    try {
      var files = new ToolchainFiles(settings.cwd(), settings.places().config());
      var http = HttpSettings.of(Surroundings.config(settings), settings.network().offline());
      var supply = new Supplies(settings, files, http, _ -> {}).find(name);
      return supply.isPresent()
          ? Optional.of(look(files, supply.get(), targets))
          : Optional.empty();
    } catch (KilnException e) {
      return Optional.of(List.of(lacking("toolchain", e)));
    }
  }

  private List<Finding> look(ToolchainFiles files, Supply supply, List<String> targets)
      throws KilnException {
    var findings = new ArrayList<Finding>();
    findings.add(
        ok("toolchain", supply.name() + " (" + files.require(supply.name()).place() + ")"));
    for (var target : targets) {
      findings.add(
          supply.builds(target)
              ? ok("target", target + " (of the toolchain)")
              : new Finding(
                  State.LACKING,
                  "target",
                  "the toolchain " + supply.name() + " has no standard library for " + target,
                  "see `kiln toolchain show " + supply.name() + "` for what it has"));
    }
    try {
      supply.mirrors().forEach(mirror -> findings.add(ok("mirror", mirror)));
    } catch (KilnException e) {
      findings.add(lacking("mirror", e));
    }
    return findings;
  }

  private static Finding ok(String subject, String text) {
    return new Finding(State.OK, subject, text, null);
  }

  private static Finding lacking(String subject, KilnException e) {
    return new Finding(State.LACKING, subject, String.valueOf(e.getMessage()), e.hint());
  }
}
