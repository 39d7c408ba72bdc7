package dev.kiln.differential;

import dev.kiln.manifest.SourceId;
import java.util.ArrayList;
import java.util.List;

/// A random command line over a workspace, without the words that ask for the graph.
///
/// `directory` is where it is run, below the workspace; `{root}` in an argument is the workspace.
record Order(String directory, List<String> arguments) {
  private static final String[] TARGETS = {
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "x86_64-pc-windows-gnu",
    "wasm32-unknown-unknown",
    "i686-unknown-linux-musl"
  };

  Order {
    arguments = List.copyOf(arguments);
  }

  static Order draw(Draw draw, Ground ground) {
    return new Drawing(draw, ground).order();
  }

  private record Drawing(Draw draw, Ground ground, List<String> arguments) {
    Drawing(Draw draw, Ground ground) {
      this(draw, ground, new ArrayList<>());
    }

    Order order() {
      var verb =
          draw.kind(
              "cargo ", "build", "build", "check", "test", "test", "bench", "doc", "run", "clippy");
      arguments.add(verb);
      addPackages(verb);
      addFeatures();
      addTargets(verb);
      addProfile();
      if (draw.chance(30, "--target")) {
        int count = draw.chance(30, "several --target") ? 2 : 1;
        for (int i = 0; i < count; i++) {
          var target = draw.kind("--target ", TARGETS);
          arguments.addAll(
              draw.chance(50) ? List.of("--target", target) : List.of("--target=" + target));
        }
      }
      if (verb.equals("doc") && draw.chance(30, "--no-deps")) {
        arguments.add("--no-deps");
      }
      if (draw.chance(10, "--locked")) {
        arguments.add("--locked");
      }
      if (draw.chance(6, "--ignore-rust-version")) {
        arguments.add("--ignore-rust-version");
      }
      addConfig();
      if (verb.equals("test") && draw.chance(15, "test NAME")) {
        arguments.add("name");
      }
      return new Order(place(), arguments);
    }

    private String place() {
      var crate = draw.one(ground.crates);
      if (draw.chance(15, "from a member's directory")) {
        return crate.directory;
      }
      if (draw.chance(10, "--manifest-path")) {
        arguments.add("--manifest-path");
        arguments.add(crate.directory + (crate.directory.isEmpty() ? "" : "/") + "Cargo.toml");
      }
      return "";
    }

    private void addPackages(String verb) {
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
        addSpec();
        if (draw.chance(15, "several -p")) {
          arguments.add("-p");
          addSpec();
        }
      }
    }

    private void addSpec() {
      var crate = draw.one(ground.crates);
      if (draw.chance(22, "-p of a dependency")) {
        arguments.add(draw.one("ra", "rb", "rc@1", "rd", "re:1.0"));
      } else if (draw.chance(15, "-p with a pattern")) {
        arguments.add(draw.one("m*", "m[0-1]", "?1"));
      } else if (draw.chance(20, "-p with a URL")) {
        var place = "{root}" + (crate.directory.isEmpty() ? "" : "/" + crate.directory);
        arguments.add(
            draw.one(
                "path+file://" + place,
                "file://" + place + "#" + crate.name,
                "path+file://" + place + "#" + crate.name + "@" + crate.version,
                SourceId.CRATES_IO + "#ra"));
      } else {
        arguments.add(
            draw.one(
                crate.name, crate.name + "@" + crate.version, crate.name + ":" + crate.version));
      }
    }

    private void addFeatures() {
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
          if (!need.isDev()
              && !need.on().featureNames().isEmpty()
              && draw.chance(8, "--features dependency/feature")) {
            words.add(
                need.key()
                    + (need.optional() && draw.chance(30) ? "?/" : "/")
                    + draw.one(need.on().featureNames()));
          }
        }
        var text = String.join(draw.one(",", " "), words);
        arguments.addAll(
            draw.chance(30, "-F") ? List.of("-F", text) : List.of("--features=" + text));
      }
      if (draw.chance(15, "--no-default-features")) {
        arguments.add("--no-default-features");
      }
    }

    private void addTargets(String verb) {
      if (verb.equals("run")) {
        var bins = draw.one(ground.crates).parts;
        if (!bins.isEmpty() && draw.chance(40, "run --bin or --example")) {
          var part = draw.one(bins);
          boolean example = part.table().equals("example");
          arguments.add((example ? "--example=" : "--bin=") + part.name());
        }
        return;
      }
      if (verb.equals("test") && draw.chance(14, "--doc")) {
        arguments.add("--doc");
        return;
      }
      if (!draw.chance(45, "target selection")) {
        return;
      }
      boolean doc = verb.equals("doc");
      if (!doc && draw.chance(25, "--all-targets")) {
        arguments.add("--all-targets");
        return;
      }
      var flags =
          doc
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
        if (!doc || part.table().equals("bin") || part.table().equals("example")) {
          boolean pattern = draw.chance(30, "target by a pattern");
          arguments.add("--" + part.table());
          arguments.add(pattern ? part.name().substring(0, 1) + "*" : part.name());
        }
      }
    }

    private void addProfile() {
      if (draw.chance(15, "--release")
          && (!arguments.getFirst().equals("bench") || draw.chance(10))) {
        arguments.add(draw.one("--release", "-r"));
      } else if (draw.chance(25, "--profile")) {
        arguments.add("--profile");
        boolean second = ground.profiles.containsKey("profile.second");
        boolean special = ground.profiles.containsKey("profile.special");
        arguments.add(
            second && draw.chance(50)
                ? "second"
                : special && draw.chance(60)
                    ? "special"
                    : draw.one("release", "dev", "test", "bench"));
      }
    }

    private void addConfig() {
      if (draw.chance(12, "--config")) {
        arguments.add("--config");
        arguments.add(
            draw.one(
                "profile.dev.opt-level=1",
                "profile.release.package.ra.debug=true",
                "profile.dev.build-override.strip=\"symbols\"",
                "build.rustflags=[\"--cfg\",\"special\"]",
                "build.target=\"wasm32-unknown-unknown\"",
                "target.'cfg(unix)'.rustflags=[\"--cfg\",\"special\"]"));
      }
    }
  }
}
