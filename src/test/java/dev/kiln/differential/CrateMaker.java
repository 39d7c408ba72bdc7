package dev.kiln.differential;

import java.util.ArrayList;
import java.util.List;

/// Draws the inside of packages: dependencies, features, targets.
final class CrateMaker {
  private static final List<String> PLATFORMS =
      List.of(
          "'cfg(unix)'",
          "'cfg(windows)'",
          "'cfg(target_os = \"macos\")'",
          "'cfg(not(target_arch = \"wasm32\"))'",
          "'cfg(any(special, target_family = \"wasm\"))'",
          "x86_64-unknown-linux-gnu",
          "aarch64-apple-darwin");

  private final Draw draw;

  CrateMaker(Draw draw) {
    this.draw = draw;
  }

  /// Adds a dependency of some kind on another package; false where the key is taken.
  boolean addNeed(Crate from, Crate on, String kind, List<Crate.Need> inheritable) {
    var key = on.name;
    if (draw.chance(12, "renamed dependency")) {
      key = "re-" + on.name + (on.registry ? "-v" + on.version.charAt(0) : "");
    }
    var wanted = key;
    for (var need : from.needs) {
      boolean same = need.on() == on;
      boolean sameKey = need.key().equals(wanted);
      boolean clash = sameKey != same || (same && need.kind().equals(kind));
      if (clash || (need.on().name.equals(on.name) && need.on() != on && sameKey)) {
        return false;
      }
    }
    var dev = kind.startsWith("dev");
    var platform = draw.chance(20, "platform dependency") ? draw.one(PLATFORMS) : "";
    boolean optional = !dev && draw.chance(30, "optional dependency");
    boolean defaults = !draw.chance(20, "default-features = false");
    var features = new ArrayList<String>();
    for (var feature : on.featureNames()) {
      if (draw.chance(20, "features of a dependency")) {
        features.add(feature);
      }
    }
    var requirement =
        on.registry
            ? draw.one(on.version.charAt(0) + "", on.version, "^" + on.version)
            : draw.chance(20, "path with version") ? on.version : "";
    var need =
        new Crate.Need(key, on, kind, platform, requirement, optional, defaults, features, false);
    if (from.member && !from.registry && draw.chance(10, "workspace dependency")) {
      need = inherit(need, inheritable);
    }
    from.needs.add(need);
    draw.count(kind);
    return true;
  }

  private static Crate.Need inherit(Crate.Need need, List<Crate.Need> inheritable) {
    if (inheritable.stream().anyMatch(other -> other.key().equals(need.key()))) {
      return need;
    }
    var inherited =
        new Crate.Need(
            need.key(),
            need.on(),
            need.kind(),
            need.platform(),
            need.requirement(),
            need.optional(),
            need.defaults(),
            need.features(),
            true);
    inheritable.add(inherited);
    return inherited;
  }

  /// Draws `[features]` over the dependencies that are there.
  void addFeatures(Crate crate, String... names) {
    var optional = crate.needs.stream().filter(Crate.Need::optional).toList();
    var hidden = new ArrayList<String>();
    var declared = new ArrayList<String>();
    for (var name : names) {
      var values = new ArrayList<String>();
      for (var earlier : declared) {
        if (draw.chance(20, "feature of features")) {
          values.add(earlier);
        }
      }
      for (var need : crate.needs) {
        if (need.isDev()) {
          continue;
        }
        addValue(values, hidden, need, optional.contains(need));
      }
      crate.features.put(name, values);
      declared.add(name);
    }
    if (draw.chance(50, "default feature")) {
      var values = new ArrayList<String>();
      for (var name : declared) {
        if (draw.chance(50)) {
          values.add(name);
        }
      }
      crate.features.put("default", values);
    }
  }

  private void addValue(
      List<String> values, List<String> hidden, Crate.Need need, boolean optional) {
    var features = need.on().featureNames();
    if (optional && draw.chance(20)) {
      boolean implicit = !hidden.contains(need.key()) && draw.chance(40, "implicit feature");
      if (!implicit) {
        draw.count("dep: feature");
        hidden.add(need.key());
      }
      values.add(implicit ? need.key() : "dep:" + need.key());
    }
    if (!features.isEmpty() && draw.chance(15)) {
      boolean weak = optional && draw.chance(50, "weak feature");
      if (!weak) {
        draw.count("dependency's feature");
      }
      values.add(need.key() + (weak ? "?/" : "/") + draw.one(features));
    }
  }

  /// `dep:x` anywhere hides the implicit feature x, so that no list may name it.
  void mend(Crate crate) {
    var hidden =
        crate.features.values().stream()
            .flatMap(List::stream)
            .filter(value -> value.startsWith("dep:"))
            .map(value -> value.substring(4))
            .toList();
    crate.features.replaceAll(
        (_, values) -> values.stream().filter(value -> !hidden.contains(value)).toList());
  }

  void addTargets(Crate crate, int index) {
    if (crate.procMacro) {
      draw.count("proc-macro member");
    } else if (draw.chance(25, "crate-type")) {
      crate.libSection.add(
          "crate-type = "
              + draw.one(
                  "[\"rlib\"]",
                  "[\"dylib\"]",
                  "[\"cdylib\"]",
                  "[\"staticlib\"]",
                  "[\"cdylib\", \"rlib\"]",
                  "[\"lib\", \"dylib\"]"));
    }
    if (draw.chance(10, "lib with its own name")) {
      crate.libSection.add("name = \"lib_" + crate.name + "\"");
    }
    for (var flag : List.of("test", "doctest", "bench", "doc")) {
      if (draw.chance(6, "lib " + flag + " = false")) {
        crate.libSection.add(flag + " = false");
      }
    }
    if (!crate.procMacro && draw.chance(8, "no lib")) {
      crate.lib = false;
      crate.libSection.clear();
    }
    if (draw.chance(35, "main.rs")) {
      crate.parts.add(new Crate.Part("bin", crate.name, "src/main.rs", List.of()));
    }
    if (draw.chance(25, "src/bin")) {
      var section = section(crate, "bin");
      section.add("path = \"src/bin/b" + index + ".rs\"");
      crate.parts.add(new Crate.Part("bin", "b" + index, "src/bin/b" + index + ".rs", section));
    }
    addKind(crate, "example", "examples", "e" + index);
    addKind(crate, "test", "tests", "t" + index);
    addKind(crate, "bench", "benches", "k" + index);
  }

  private void addKind(Crate crate, String table, String folder, String name) {
    if (!draw.chance(35, table)) {
      return;
    }
    List<String> section = new ArrayList<String>();
    if (draw.chance(50)) {
      section = section(crate, table);
      if (table.equals("example") && draw.chance(30, "example that is a library")) {
        section.add("crate-type = [\"" + draw.one("lib", "cdylib", "staticlib") + "\"]");
      }
      section.add("path = \"" + folder + "/" + name + ".rs\"");
    }
    crate.parts.add(new Crate.Part(table, name, folder + "/" + name + ".rs", section));
  }

  private List<String> section(Crate crate, String table) {
    List<String> section = new ArrayList<String>();
    if (!crate.featureNames().isEmpty() && draw.chance(40, "required-features")) {
      section.add("required-features = [\"" + draw.one(crate.featureNames()) + "\"]");
    }
    for (var flag : List.of("test", "bench", "doc")) {
      if (draw.chance(10, "target " + flag)) {
        section.add(flag + " = " + draw.one("true", "false"));
      }
    }
    if (!table.equals("example") && draw.chance(20, "harness = false")) {
      section.add("harness = false");
    }
    return section;
  }
}
