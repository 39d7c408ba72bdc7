package dev.kiln.differential;

import java.util.ArrayList;
import java.util.List;

/// Draws profiles, configuration and environment of a workspace.
final class Settings {
  private static final String LINUX = "x86_64-unknown-linux-gnu";

  private final Draw draw;
  private final Ground ground;

  Settings(Draw draw, Ground ground) {
    this.draw = draw;
    this.ground = ground;
  }

  void add() {
    for (var name : List.of("dev", "release", "test", "bench")) {
      if (draw.chance(18, "profile " + name)) {
        profile(name, List.of());
      }
    }
    if (draw.chance(20, "custom profile")) {
      profile("special", List.of("inherits = \"" + draw.one("dev", "release", "bench") + "\""));
    }
    if (draw.chance(15, "profile in the configuration")) {
      ground.config.put("profile." + draw.one("dev", "release"), values(true));
    }
    if (draw.chance(8, "profile in the environment")) {
      ground.environment.put(
          draw.one("CARGO_PROFILE_DEV_OPT_LEVEL", "CARGO_PROFILE_RELEASE_OPT_LEVEL"), "1");
    }
    if (draw.chance(8, "build.target")) {
      ground.config.put(
          "build",
          List.of(
              "target = "
                  + draw.one("\"" + LINUX + "\"", "[\"" + LINUX + "\"]", "\"host-tuple\"")));
    }
    if (draw.chance(10, "rustflags of a target")) {
      ground.config.put("target." + LINUX, List.of("rustflags = [\"--cfg\", \"special\"]"));
    } else if (draw.chance(8, "RUSTFLAGS")) {
      ground.environment.put("RUSTFLAGS", "--cfg special");
    }
    overrideLinks();
  }

  private void overrideLinks() {
    for (var crate : ground.crates) {
      if (!crate.links.isEmpty() && draw.chance(20, "links override")) {
        ground.config.put(
            "target." + LINUX + "." + crate.links, List.of("rustc-link-lib = [\"z\"]"));
      }
    }
  }

  private void profile(String name, List<String> first) {
    var lines = new ArrayList<>(first);
    lines.addAll(values(true));
    ground.profiles.put("profile." + name, lines);
    if (draw.chance(30, "build-override")) {
      ground.profiles.put("profile." + name + ".build-override", values(false));
    }
    if (draw.chance(30, "package.\"*\"")) {
      ground.profiles.put("profile." + name + ".package.\"*\"", values(false));
    }
    if (draw.chance(40, "package override")) {
      var spec = draw.one(draw.one(ground.crates).name, "ra", "rb", "rc");
      ground.profiles.put("profile." + name + ".package." + spec, values(false));
    }
  }

  private List<String> values(boolean whole) {
    var lines = new ArrayList<String>();
    if (draw.chance(30, "opt-level")) {
      lines.add("opt-level = " + draw.one("0", "1", "2", "3", "\"s\"", "\"z\""));
    }
    if (draw.chance(35, "debug")) {
      lines.add(
          "debug = " + draw.one("true", "false", "0", "1", "\"line-tables-only\"", "\"limited\""));
    }
    if (draw.chance(25, "strip")) {
      lines.add("strip = " + draw.one("true", "false", "\"debuginfo\"", "\"none\""));
    }
    if (draw.chance(15, "codegen-units")) {
      lines.add("codegen-units = " + (1 + draw.below(16)));
    }
    if (draw.chance(15, "debug-assertions")) {
      lines.add("debug-assertions = " + draw.one("true", "false"));
    }
    if (draw.chance(15, "overflow-checks")) {
      lines.add("overflow-checks = " + draw.one("true", "false"));
    }
    if (draw.chance(10, "split-debuginfo")) {
      lines.add("split-debuginfo = \"" + draw.one("off", "packed", "unpacked") + "\"");
    }
    if (whole) {
      if (draw.chance(20, "lto")) {
        lines.add("lto = " + draw.one("true", "false", "\"thin\"", "\"fat\"", "\"off\""));
      }
      if (draw.chance(25, "panic")) {
        lines.add("panic = \"" + draw.one("abort", "abort", "unwind") + "\"");
      }
      if (draw.chance(10, "rpath")) {
        lines.add("rpath = true");
      }
    }
    return lines;
  }
}
