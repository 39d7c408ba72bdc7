package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.manifest.Nearest;
import dev.kiln.ops.DoctorOperation.Finding;
import dev.kiln.ops.DoctorOperation.State;
import dev.kiln.ops.toolchains.DebianSupply;
import dev.kiln.ops.toolchains.Supplies;
import dev.kiln.ops.toolchains.Supply;
import dev.kiln.ops.toolchains.ToolchainFiles;
import dev.kiln.ops.toolchains.Weight;
import dev.kiln.plan.CompileKind;
import dev.kiln.toolchain.TargetInfo;
import java.io.IOException;
import java.nio.file.Files;
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
    for (var name : targets) {
      var target = info(name);
      if (supply.targets().contains(target.machine())) {
        built.add(target.machine());
        findings.add(ok("target", target.triple() + " (of the toolchain)"));
        findings.addAll(tools(supply, target));
      } else {
        findings.add(unknown(supply, target.triple()));
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

  /// No compiler is there to be asked: a target's name says what its processor is.
  private TargetInfo info(String target) throws KilnException {
    if (!target.endsWith(".json")) {
      return TargetInfo.named(target);
    }
    var file = settings.cwd().resolve(target);
    try {
      var name = CompileKind.target(target).shortName();
      return TargetInfo.named(name, TargetInfo.machine(Files.readString(file), name));
    } catch (IOException e) {
      throw new KilnException("target path `" + file + "` is not a valid file", null, e);
    }
  }

  private static Finding unknown(Supply supply, String target) {
    return new Finding(
        State.LACKING,
        "target",
        "the toolchain " + supply.name() + " has no standard library for " + target,
        Nearest.to(target, supply.targets())
            .map(near -> "did you mean `" + near + "`?")
            .orElse(supply.remedy(target)));
  }

  /// Looks for what runs a target's programs, and for a linker where the toolchain has none.
  private List<Finding> tools(Supply supply, TargetInfo target) {
    var doctor = new TargetDoctor(settings);
    var host = TargetInfo.named(Supplies.hostTriple());
    return hasSysroot
        ? doctor.runner(host, target, null)
        : doctor.look(host, target, !(supply instanceof DebianSupply));
  }

  private static Finding ok(String subject, String text) {
    return new Finding(State.OK, subject, text, null);
  }

  private static Finding lacking(String subject, KilnException e) {
    return new Finding(State.LACKING, subject, String.valueOf(e.getMessage()), e.hint());
  }
}
