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
        var crate = new Crate(name, version, draw.one("2015", "2018", "2021", "2024"), true);
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
    var layout = draw.one("", "crates/", "deep/er/");
    int rootIndex = virtual ? -1 : draw.one(0, members - 1);
    for (int i = 0; i < members; i++) {
      boolean isRoot = i == rootIndex;
      var crate = member(i, isRoot);
      crate.directory = isRoot ? "" : layout + "m" + i;
      if (isRoot) {
        ground.root = crate;
      }
      ground.crates.add(crate);
    }
    ground.globbed =
        layout.equals("crates/") && members > 1 && draw.chance(60, "members by a pattern");
    addOutsider(ground, layout);
    var inherited = new ArrayList<Crate.Need>();
    connect(ground, inherited);
    for (var need : inherited) {
      ground.inherited.add(inheritedLine(need));
    }
    addRoot(ground, virtual, members);
    new Surroundings(draw, ground, registry).add();
    new Settings(draw, ground).add();
    return ground;
  }

  private Crate member(int i, boolean isRoot) {
    boolean versioned = draw.chance(12, "version of the workspace");
    boolean dated = draw.chance(12, "edition of the workspace");
    var edition = dated ? "2021" : draw.kind("edition ", "2015", "2018", "2021", "2024");
    var crate = new Crate("m" + i, versioned ? "0.9.0" : "0." + i + ".0", edition, false);
    if (versioned) {
      crate.inherits.add("version");
    }
    if (dated) {
      crate.inherits.add("edition");
    }
    crate.procMacro = !isRoot && draw.chance(20);
    crate.script = draw.chance(30, "build script");
    if (crate.script && draw.chance(40, "links of a member")) {
      crate.links = "own" + i;
    }
    if (crate.script && draw.chance(20, "build script with a path")) {
      crate.scriptFile = "make.rs";
    }
    if (draw.chance(10, "rust-version")) {
      crate.packageLines.add(
          "rust-version = \"" + (draw.chance(15) ? "1.99" : draw.one("1.60", "1.85")) + "\"");
    }
    return crate;
  }

  /// A path package that is no member.
  private void addOutsider(Ground ground, String layout) {
    if (ground.crates.size() > 1 && draw.chance(20, "path package outside the workspace")) {
      var crate = new Crate("outer", "3.1.4", "2021", false);
      crate.directory = layout + "outer";
      crate.member = false;
      ground.crates.add(0, crate);
    }
  }

  private void connect(Ground ground, List<Crate.Need> inherited) {
    var targets = new TargetMaker(draw);
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
      for (int dev = draw.below(3); dev > 0; dev--) {
        maker.addNeed(crate, draw.one(choices), "dev-dependencies", inherited);
      }
      if (draw.chance(12, "one package in two tables") && !crate.needs.isEmpty()) {
        var need = draw.one(crate.needs);
        maker.addNeed(
            crate, need.on(), need.isDev() ? "dependencies" : "dev-dependencies", inherited);
      }
      maker.addFeatures(crate, "fa", "fb", "fc");
      maker.mend(crate);
      targets.addTargets(crate, i);
      if (!crate.member) {
        crate.parts.clear();
        crate.packageLines.removeIf(line -> line.startsWith("default-run"));
      }
      earlier.add(crate);
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
    var resolver = draw.kind("resolver ", "by default", "1", "2", "2", "3");
    ground.resolver = resolver.equals("by default") ? "" : resolver;
    ground.resolverOfPackage =
        !virtual && !ground.resolver.isEmpty() && draw.chance(25, "resolver of the root package");
    if (ground.resolverOfPackage) {
      ground.root.packageLines.add("resolver = \"" + resolver + "\"");
    }
    if (members > 1 && draw.chance(20, "default-members")) {
      var chosen = draw.one(ground.crates);
      if (chosen.member) {
        ground.defaultMembers.add(chosen.directory.isEmpty() ? "." : chosen.directory);
      }
    }
    if (!virtual && members == 1 && ground.crates.size() == 1 && draw.chance(30, "lone package")) {
      ground.workspaceTable =
          !ground.inherited.isEmpty()
              || (!ground.resolver.isEmpty() && !ground.resolverOfPackage)
              || !ground.root.inherits.isEmpty();
    }
    if (ground.root != null && !ground.globbed) {
      for (var need : ground.root.needs) {
        var to = need.on();
        if (!to.registry
            && to.member
            && !need.inherited()
            && draw.chance(40, "member by a path dependency")) {
          ground.unlisted.add(to.directory);
        }
      }
    }
  }
}
