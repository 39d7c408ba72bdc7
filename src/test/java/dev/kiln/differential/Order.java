package dev.kiln.differential;

import java.util.ArrayList;
import java.util.List;

/// A random command line over a workspace, without the words that ask for the graph.
///
/// `directory` is where it is run, below the workspace.
record Order(String directory, List<String> arguments) {
  private static final List<String> TARGETS =
      List.of(
          "x86_64-unknown-linux-gnu",
          "aarch64-apple-darwin",
          "x86_64-pc-windows-msvc",
          "wasm32-unknown-unknown");

  Order {
    arguments = List.copyOf(arguments);
  }

  static Order draw(Draw draw, Ground ground) {
    var arguments = new ArrayList<String>();
    var verb = draw.one("build", "build", "check", "test", "test", "bench", "doc", "run");
    draw.count("cargo " + verb);
    arguments.add(verb);
    addPackages(draw, ground, verb, arguments);
    addFeatures(draw, ground, arguments);
    addTargets(draw, ground, verb, arguments);
    if (draw.chance(30, "--profile")) {
      arguments.add("--profile");
      boolean custom = ground.profiles.containsKey("profile.special");
      arguments.add(custom && draw.chance(60) ? "special" : draw.one("release", "dev", "test"));
    }
    if (draw.chance(25, "--target")) {
      int count = draw.chance(25, "several --target") ? 2 : 1;
      for (int i = 0; i < count; i++) {
        arguments.add("--target=" + draw.one(TARGETS));
      }
    }
    if (verb.equals("doc") && draw.chance(30, "--no-deps")) {
      arguments.add("--no-deps");
    }
    var directory =
        draw.chance(20, "from a member's directory") ? draw.one(ground.crates).directory : "";
    return new Order(directory, arguments);
  }

  private static void addPackages(Draw draw, Ground ground, String verb, List<String> arguments) {
    if (verb.equals("run")) {
      if (draw.chance(50)) {
        arguments.add("-p");
        arguments.add(draw.one(ground.crates).name);
      }
      return;
    }
    if (draw.chance(30, "--workspace")) {
      arguments.add("--workspace");
      if (draw.chance(25, "--exclude")) {
        arguments.add("--exclude");
        arguments.add(draw.one(draw.one(ground.crates).name, "m?", "*1"));
      }
    } else if (draw.chance(35, "-p")) {
      arguments.add("-p");
      if (draw.chance(15, "-p of a dependency")) {
        arguments.add(draw.one("ra", "rb", "rc@1", "rd", "re:1.0"));
      } else if (draw.chance(15, "-p with a pattern")) {
        arguments.add(draw.one("m*", "m[0-1]", "?1"));
      } else {
        var crate = draw.one(ground.crates);
        arguments.add(draw.one(crate.name, crate.name + "@" + crate.version));
      }
    }
  }

  private static void addFeatures(Draw draw, Ground ground, List<String> arguments) {
    if (draw.chance(10, "--all-features")) {
      arguments.add("--all-features");
    } else if (draw.chance(30, "--features")) {
      var crate = draw.one(ground.crates);
      var words = new ArrayList<String>();
      if (!crate.featureNames().isEmpty()) {
        words.add(draw.one(crate.featureNames()));
        if (draw.chance(30, "--features member/feature")) {
          words.add(crate.name + "/" + draw.one(crate.featureNames()));
        }
      }
      for (var need : crate.needs) {
        if (draw.chance(8, "--features dependency/feature")
            && !need.on().featureNames().isEmpty()) {
          words.add(need.key() + "/" + draw.one(need.on().featureNames()));
        }
      }
      arguments.add("--features=" + String.join(draw.one(",", " "), words));
    }
    if (draw.chance(15, "--no-default-features")) {
      arguments.add("--no-default-features");
    }
  }

  private static void addTargets(Draw draw, Ground ground, String verb, List<String> arguments) {
    if (verb.equals("run") || !draw.chance(45, "target selection")) {
      return;
    }
    if (!verb.equals("doc") && draw.chance(25, "--all-targets")) {
      arguments.add("--all-targets");
      return;
    }
    var flags =
        verb.equals("doc")
            ? List.of("--lib", "--bins", "--examples")
            : List.of("--lib", "--bins", "--examples", "--tests", "--benches");
    for (var flag : flags) {
      if (draw.chance(30, flag)) {
        arguments.add(flag);
      }
    }
    var parts = draw.one(ground.crates).parts;
    if (!parts.isEmpty() && draw.chance(30, "target by name")) {
      var part = draw.one(parts);
      if (!verb.equals("doc") || part.table().equals("bin") || part.table().equals("example")) {
        arguments.add("--" + part.table() + "=" + draw.one(part.name(), part.name() + "*"));
      }
    }
  }
}
