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
    if (draw.chance(25, "custom profile")) {
      profile("special", List.of("inherits = \"" + draw.one("dev", "release", "bench") + "\""));
      if (draw.chance(40, "profile that inherits from a custom one")) {
        profile("second", List.of("inherits = \"special\""));
      }
    }
    addConfiguredProfiles();
    addFlags();
    overrideLinks();
    if (draw.chance(8, "[env]")) {
      ground.config.put(
          "env", List.of("FOO = \"bar\"", "BAR = { value = \"x\", relative = true }"));
    }
    if (draw.chance(10, "include")) {
      ground.config.computeIfAbsent("", _ -> new ArrayList<>()).add("include = [\"more.toml\"]");
      ground.otherFiles.put(
          ".cargo/more.toml",
          "[profile." + draw.one("dev", "release") + "]\n" + text(values(true)));
    }
    if (draw.chance(10, "configuration of a member's directory")) {
      var crate = draw.one(ground.crates);
      if (!crate.directory.isEmpty()) {
        ground.otherFiles.put(
            crate.directory + "/.cargo/config.toml",
            "[profile." + draw.one("dev", "release") + "]\n" + text(values(true)));
      }
    }
  }

  private static String text(List<String> lines) {
    return String.join("\n", lines) + "\n";
  }

  private void addConfiguredProfiles() {
    if (draw.chance(15, "profile in the configuration")) {
      var name = draw.one("dev", "release", "test", "special");
      var lines = values(true);
      if (name.equals("special") && !ground.profiles.containsKey("profile.special")) {
        lines.addFirst("inherits = \"release\"");
      }
      ground.config.put("profile." + name, lines);
      if (draw.chance(45, "override in the configuration")) {
        ground.config.put(
            "profile." + name + draw.one(".build-override", ".package.ra", ".package.\"*\""),
            values(false));
      }
    }
    if (draw.chance(8, "profile in the environment")) {
      var name = "CARGO_PROFILE_" + draw.one("DEV", "RELEASE");
      switch (draw.below(4)) {
        case 0 -> ground.environment.put(name + "_OPT_LEVEL", "1");
        case 1 -> ground.environment.put(name + "_DEBUG", draw.one("1", "false"));
        case 2 -> ground.environment.put(name + "_LTO", draw.one("thin", "true", "off"));
        default -> ground.environment.put(name + "_BUILD_OVERRIDE_OPT_LEVEL", "2");
      }
    }
  }

  private void addFlags() {
    if (draw.chance(8, "build.target")) {
      ground.config.put(
          "build",
          List.of(
              "target = "
                  + draw.one(
                      "\"" + LINUX + "\"",
                      "[\"" + LINUX + "\", \"wasm32-unknown-unknown\"]",
                      "\"aarch64-unknown-linux-gnu\"",
                      "\"host-tuple\"")));
    } else if (draw.chance(8, "build.rustflags")) {
      ground.config.put("build", List.of("rustflags = \"--cfg special\""));
    }
    if (draw.chance(10, "rustflags of a target")) {
      ground.config.put("target." + LINUX, List.of("rustflags = [\"--cfg\", \"special\"]"));
    }
    if (draw.chance(8, "rustflags of a cfg")) {
      ground.config.put(
          "target.'cfg(" + draw.one("unix", "windows", "target_pointer_width = \"64\"") + ")'",
          List.of("rustflags = [\"--cfg\", \"special\"]"));
    }
    if (draw.chance(8, "RUSTFLAGS in the environment")) {
      switch (draw.below(4)) {
        case 0 -> ground.environment.put("RUSTFLAGS", "--cfg special");
        case 1 -> ground.environment.put("CARGO_ENCODED_RUSTFLAGS", "--cfg\u001fspecial");
        case 2 -> ground.environment.put("CARGO_BUILD_RUSTFLAGS", "--cfg special");
        default ->
            ground.environment.put(
                "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "--cfg special");
      }
    }
    if (draw.chance(7, "CARGO_BUILD_TARGET")) {
      ground.environment.put("CARGO_BUILD_TARGET", draw.one(LINUX, "x86_64-pc-windows-gnu"));
    }
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
      var member = draw.one(ground.crates);
      var spec =
          draw.one(
              member.name,
              "\"" + member.name + "@" + member.version + "\"",
              "ra",
              "rb",
              "\"rc@1\"",
              "\"rd:1.0.3\"");
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
