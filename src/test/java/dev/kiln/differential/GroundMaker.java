package dev.kiln.differential;

import java.util.ArrayList;
import java.util.List;

/// Draws workspaces over a registry.
final class GroundMaker {
  private final Draw draw;
  private final CrateMaker maker;
  private final List<Crate> registry;

  GroundMaker(Draw draw, List<Crate> registry) {
    this.draw = draw;
    this.maker = new CrateMaker(draw);
    this.registry = registry;
  }

  /// Draws the crates of a registry, several versions of some.
  static List<Crate> registry(Draw draw) {
    var maker = new CrateMaker(draw);
    var registry = new ArrayList<Crate>();
    for (int i = 0; i < 9; i++) {
      var name = "r" + (char) ('a' + i);
      boolean procMacro = i > 2 && draw.chance(20, "registry proc-macro");
      var links = draw.chance(25, "links") ? "native" + i : "";
      boolean several = links.isEmpty() && draw.chance(40, "several versions");
      var versions = several ? List.of("1.2.0", "2.0.1") : List.of("1.0.3");
      var earlier = List.copyOf(registry);
      for (var version : versions) {
        var crate = new Crate(name, version, draw.one("2015", "2018", "2021"), true);
        crate.procMacro = procMacro;
        crate.links = links;
        crate.script = !links.isEmpty() || draw.chance(25, "registry build script");
        addNeeds(draw, maker, crate, earlier, 3, new ArrayList<>());
        maker.addFeatures(crate, "fa", "fb", "fc");
        maker.mend(crate);
        registry.add(crate);
      }
    }
    return registry;
  }

  private static void addNeeds(
      Draw draw,
      CrateMaker maker,
      Crate crate,
      List<Crate> choices,
      int most,
      List<Crate.Need> inherited) {
    int count = choices.isEmpty() ? 0 : draw.below(most + 1);
    for (int i = 0; i < count; i++) {
      boolean build = crate.script && draw.chance(30);
      maker.addNeed(
          crate, draw.one(choices), build ? "build-dependencies" : "dependencies", inherited);
    }
  }

  /// Draws a workspace.
  Ground ground() {
    var ground = new Ground();
    int members = 1 + draw.below(4);
    boolean virtual = members > 1 && draw.chance(45, "virtual workspace");
    for (int i = 0; i < members; i++) {
      var crate =
          new Crate("m" + i, "0." + i + ".0", draw.one("2015", "2018", "2021", "2024"), false);
      draw.count("edition " + crate.edition);
      boolean isRoot = !virtual && i == 0;
      crate.directory = isRoot ? "" : draw.one("m" + i, "crates/m" + i);
      crate.procMacro = !isRoot && draw.chance(20);
      crate.script = draw.chance(30, "build script");
      if (crate.script && draw.chance(40, "links of a member")) {
        crate.links = "own" + i;
      }
      if (isRoot) {
        ground.root = crate;
      }
      ground.crates.add(crate);
    }
    addOutsider(ground);
    var inherited = new ArrayList<Crate.Need>();
    connect(ground, inherited);
    for (var need : inherited) {
      ground.inherited.add(inheritedLine(need));
    }
    addRoot(ground, virtual, members);
    new Settings(draw, ground).add();
    return ground;
  }

  /// A path package that is no member.
  private void addOutsider(Ground ground) {
    if (ground.crates.size() > 1 && draw.chance(20, "path package outside the workspace")) {
      var crate = new Crate("outer", "3.1.4", "2021", false);
      crate.directory = "outer";
      crate.member = false;
      ground.crates.add(0, crate);
    }
  }

  private void connect(Ground ground, List<Crate.Need> inherited) {
    var earlier = new ArrayList<Crate>();
    for (int i = 0; i < ground.crates.size(); i++) {
      var crate = ground.crates.get(i);
      var choices = new ArrayList<>(registry);
      choices.addAll(earlier.stream().filter(other -> other.lib || other.procMacro).toList());
      addNeeds(draw, maker, crate, choices, 4, inherited);
      for (var other : earlier) {
        if (other.lib && draw.chance(35, "member needs member")) {
          maker.addNeed(
              crate,
              other,
              crate.script && draw.chance(25) ? "build-dependencies" : "dependencies",
              inherited);
        }
      }
      if (draw.chance(35)) {
        maker.addNeed(crate, draw.one(choices), "dev-dependencies", inherited);
      }
      maker.addFeatures(crate, "fa", "fb", "fc");
      maker.mend(crate);
      maker.addTargets(crate, i);
      if (crate.member) {
        earlier.add(crate);
      } else {
        crate.parts.clear();
        earlier.add(crate);
      }
    }
    circle(ground, inherited);
  }

  /// A dev-dependency back to a package that depends on this one.
  private void circle(Ground ground, List<Crate.Need> inherited) {
    if (ground.crates.size() < 2 || !draw.chance(15, "circular dev-dependency")) {
      return;
    }
    var first = ground.crates.getFirst();
    var last = ground.crates.getLast();
    if (last.lib && first.member) {
      maker.addNeed(first, last, "dev-dependencies", inherited);
    }
  }

  private static String inheritedLine(Crate.Need need) {
    return need.key()
        + " = { "
        + Crate.source(need, "")
        + (need.key().equals(need.on().name) ? "" : ", package = \"" + need.on().name + "\"")
        + (need.defaults() ? "" : ", default-features = false")
        + " }";
  }

  private void addRoot(Ground ground, boolean virtual, int members) {
    ground.resolver = draw.one("", "1", "2", "2", "3");
    draw.count("resolver " + (ground.resolver.isEmpty() ? "by default" : ground.resolver));
    if (members > 1 && draw.chance(20, "default-members")) {
      var chosen = draw.one(ground.crates);
      if (chosen.member) {
        ground.defaultMembers.add(chosen.directory.isEmpty() ? "." : chosen.directory);
      }
    }
    if (!virtual && members == 1 && ground.crates.size() == 1 && draw.chance(30, "lone package")) {
      ground.workspaceTable = !ground.inherited.isEmpty() || !ground.resolver.isEmpty();
    }
  }
}
