package dev.kiln.differential;

import java.util.ArrayList;
import java.util.List;

/// Draws what a workspace says beside its packages: what stands for a package of the registry, what
/// members inherit, where the registry lies, and the lock file's version.
final class Surroundings {
  private final Draw draw;
  private final Ground ground;
  private final List<Crate> registry;

  Surroundings(Draw draw, Ground ground, List<Crate> registry) {
    this.draw = draw;
    this.ground = ground;
    this.registry = registry;
  }

  void add() {
    ground.vendored =
        draw.kind("crates.io as ", "local registry", "local registry", "directory")
            .equals("directory");
    if (draw.chance(45, "lock file of an older version")) {
      ground.lockVersion = Integer.parseInt(draw.kind("lock file version ", "2", "3"));
    }
    addInherited();
    addPatches();
  }

  private void addInherited() {
    var fields = new ArrayList<String>();
    if (ground.crates.stream().anyMatch(crate -> crate.inherits.contains("version"))) {
      fields.add("version = \"0.9.0\"");
    }
    if (ground.crates.stream().anyMatch(crate -> crate.inherits.contains("edition"))) {
      fields.add("edition = \"2021\"");
    }
    if (!fields.isEmpty()) {
      ground.tables.put("workspace.package", fields);
    }
    if (ground.workspaceTable && draw.chance(8, "lints of the workspace")) {
      ground.tables.put("workspace.lints.rust", List.of("unused = \"warn\""));
    }
  }

  private void addPatches() {
    var chosen = draw.one(registry);
    var place = "patched/" + chosen.name + "-" + chosen.version;
    var way = draw.below(100);
    draw.know("[patch]", "[patch] under another key", "[replace]", "paths");
    if (way < 14) {
      draw.count("[patch]");
      boolean renamed = draw.chance(45, "[patch] under another key");
      ground.tables.put(
          "patch.crates-io",
          List.of(
              (renamed ? "other" : chosen.name)
                  + " = { path = \""
                  + place
                  + "\""
                  + (renamed ? ", package = \"" + chosen.name + "\"" : "")
                  + " }"));
      ground.patches.put(place, chosen.at(place));
    } else if (way < 20) {
      draw.count("[replace]");
      ground.tables.put(
          "replace",
          List.of("\"" + chosen.name + ":" + chosen.version + "\" = { path = \"" + place + "\" }"));
      ground.patches.put(place, chosen.at(place));
    } else if (way < 26) {
      draw.count("paths");
      ground.config.put("", new ArrayList<>(List.of("paths = [\"" + place + "\"]")));
      ground.patches.put(place, chosen.at(place));
    }
  }
}
