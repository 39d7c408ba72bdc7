package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.ops.DoctorOperation.Finding;
import dev.kiln.ops.DoctorOperation.State;
import dev.kiln.ops.toolchains.DebianSupply;
import dev.kiln.ops.toolchains.Supplies;
import dev.kiln.ops.toolchains.Supply;
import dev.kiln.ops.toolchains.ToolchainFiles;
import dev.kiln.ops.toolchains.Weight;
import dev.kiln.toolchain.Emulator;
import dev.kiln.toolchain.TargetInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Looks at a toolchain that a file describes, and downloads nothing: whether it has what targets
/// need, and whether a mirror is known.
final class ToolchainDoctor {
  private final Settings settings;
  private boolean hasSysroot;

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

  /// Says whether the toolchain that was looked at brings its C compiler and libraries along, so
  /// that the machine's do not matter.
  boolean hasSysroot() {
    return hasSysroot;
  }

  private List<Finding> look(ToolchainFiles files, Supply supply, List<String> targets)
      throws KilnException {
    var findings = new ArrayList<Finding>();
    hasSysroot = supply instanceof DebianSupply && !"host".equals(settings.choices().sysroot());
    findings.add(
        ok("toolchain", supply.name() + " (" + files.require(supply.name()).place() + ")"));
    var built = new ArrayList<String>();
    for (var target : targets) {
      findings.add(
          supply.builds(target)
              ? ok("target", target + " (of the toolchain)")
              : new Finding(
                  State.LACKING,
                  "target",
                  "the toolchain " + supply.name() + " has no standard library for " + target,
                  "see `kiln toolchain show " + supply.name() + "` for what it has"));
      if (supply.builds(target)) {
        built.add(target);
        findings.add(runner(target));
      }
    }
    findings.add(download(supply.wanted(built, hasSysroot)));
    try {
      supply.mirrors().forEach(mirror -> findings.add(ok("mirror", mirror)));
    } catch (KilnException e) {
      findings.add(lacking("mirror", e));
    }
    return findings;
  }

  private static Finding download(Weight wanted) {
    return ok(
        "download",
        wanted.packages() == 0
            ? "nothing: all of it is in the store"
            : wanted.text() + " before the first build");
  }

  /// Looks for what runs a target's programs. No compiler is there to be asked: the target's name
  /// says what its processor is.
  private Finding runner(String target) {
    var qemu =
        new Emulator(
            settings.cwd(),
            settings.environment().getOrDefault("PATH", ""),
            settings.cwd().resolve("/"));
    var host = TargetInfo.named(Supplies.hostTriple());
    var info = TargetInfo.named(target);
    try {
      return ok(
          "runner",
          qemu.runsItself(host, info) ? "this machine" : String.join(" ", qemu.find(info, false)));
    } catch (KilnException e) {
      return new Finding(State.WARNING, "runner", String.valueOf(e.getMessage()), e.hint());
    }
  }

  private static Finding ok(String subject, String text) {
    return new Finding(State.OK, subject, text, null);
  }

  private static Finding lacking(String subject, KilnException e) {
    return new Finding(State.LACKING, subject, String.valueOf(e.getMessage()), e.hint());
  }
}
