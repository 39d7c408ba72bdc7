package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.build.UnitExtras;
import dev.kiln.manifest.CrateOverride;
import dev.kiln.manifest.KilnToml;
import dev.kiln.manifest.Nearest;
import dev.kiln.plan.Unit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What kiln.toml says of crates, for the units of one plan.
final class Overrides {
  private final Planned planned;
  private final KilnToml file;

  private Overrides(Planned planned, KilnToml file) {
    this.planned = planned;
    this.file = file;
  }

  /// Reads the workspace's kiln.toml; a crate that is no package of the workspace's lock is an
  /// error that names the nearest one.
  static Overrides read(Planned planned) throws KilnException {
    var file = KilnToml.read(planned.workspaceRoot());
    var named = new TreeSet<>(file.natives().keySet());
    file.overrides().forEach(override -> named.add(override.crate()));
    if (!named.isEmpty()) {
      var crates = new TreeSet<String>();
      planned.context().resolution().packages().forEach(id -> crates.add(id.name()));
      for (var crate : named) {
        if (!crates.contains(crate)) {
          throw new KilnException(
              "kiln.toml says something of the crate `"
                  + crate
                  + "`, which this workspace does not depend on",
              Nearest.to(crate, crates)
                  .map(near -> "did you mean `" + near + "`?")
                  .orElse("leave it out, or correct its name"));
        }
      }
    }
    for (var id : planned.context().resolution().packages()) {
      for (var override : file.overrides()) {
        if (id.source().isPath() && override.concerns(id) && !override.patches().isEmpty()) {
          throw new KilnException(
              "kiln.toml has patches for `" + id.name() + "`, which is a path package",
              "change its files themselves");
        }
      }
    }
    return new Overrides(planned, file);
  }

  /// Returns what is added to units, by their index.
  SortedMap<Integer, UnitExtras> extras() {
    var extras = new TreeMap<Integer, UnitExtras>();
    for (int i = 0; i < planned.graph().units().size(); i++) {
      var environment = new TreeMap<String, String>();
      var arguments = new ArrayList<String>();
      for (var override : fitting(planned.graph().unit(i))) {
        environment.putAll(override.environment());
        arguments.addAll(override.linkArguments());
      }
      if (!environment.isEmpty() || !arguments.isEmpty()) {
        extras.put(i, new UnitExtras(environment, arguments));
      }
    }
    return extras;
  }

  /// Returns the native packages that kiln.toml names for a unit's crate; empty where it says
  /// nothing of that, and the sysroot's own table counts.
  SortedSet<String> natives(Unit unit) {
    var natives =
        new TreeSet<String>(file.natives().getOrDefault(unit.pkg().id().name(), List.of()));
    fitting(unit).forEach(override -> natives.addAll(override.natives()));
    return natives;
  }

  /// Says whether kiln.toml itself says which native packages a crate needs.
  boolean saysNatives(Unit unit) {
    return file.natives().containsKey(unit.pkg().id().name()) || !natives(unit).isEmpty();
  }

  private List<CrateOverride> fitting(Unit unit) {
    var info = planned.facts().of(unit.kind()).info();
    var triple = unit.kind().isHost() ? planned.facts().rustc().host() : unit.kind().shortName();
    var cfgs = new HashSet<>(info.cfgs());
    return file.overrides().stream()
        .filter(override -> override.fits(unit.pkg().id(), triple, cfgs))
        .toList();
  }
}
