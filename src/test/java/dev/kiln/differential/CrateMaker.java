package dev.kiln.differential;

import java.util.ArrayList;
import java.util.List;

/// Draws the inside of packages: dependencies and features.
final class CrateMaker {
  private static final List<String> PLATFORMS =
      List.of(
          "'cfg(unix)'",
          "'cfg(windows)'",
          "'cfg(target_os = \"macos\")'",
          "'cfg(not(target_arch = \"wasm32\"))'",
          "'cfg(any(special, target_family = \"wasm\"))'",
          "'cfg(all(unix, not(target_env = \"musl\")))'",
          "'cfg(target_pointer_width = \"32\")'",
          "'cfg(target_feature = \"sse2\")'",
          "'cfg(target_arch = \"aarch64\")'");
  private static final List<String> TRIPLES =
      List.of(
          "x86_64-unknown-linux-gnu",
          "aarch64-unknown-linux-gnu",
          "x86_64-pc-windows-gnu",
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
    var platform =
        draw.chance(20, "platform dependency") ? draw.one(draw.one(PLATFORMS, TRIPLES)) : "";
    if (!platform.isEmpty()) {
      draw.count(
          (platform.startsWith("'") ? "cfg in " : "triple in ")
              + (dev || kind.startsWith("build") ? kind : "dependencies"));
    }
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
            ? draw.one(
                on.version.charAt(0) + "",
                on.version,
                "^" + on.version,
                "~" + on.version,
                "=" + on.version,
                on.version.charAt(0) + ".*",
                ">=" + on.version + ", <" + (on.version.charAt(0) - '0' + 1))
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
    for (var need : optional) {
      if (draw.chance(12, "feature named as its dependency")) {
        crate.features.put(need.key(), List.of("dep:" + need.key()));
      }
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
}
