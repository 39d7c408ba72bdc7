package dev.kiln.toolchain.dist;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlFile;
import dev.kiln.toml.TomlTable;
import dev.kiln.toolchain.debian.LockedPackage;
import dev.kiln.toolchain.debian.PackageLock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// `toolchains/NAME.toml` of the kind `rust-dist`: a channel of a Rust distribution, the hosts that
/// it is for, and which components and targets besides.
public record DistFile(
    String channel, List<String> hosts, List<String> components, List<String> targets) {
  /// What every toolchain has.
  private static final List<String> ALWAYS = List.of("rustc", "rust-std");

  public DistFile {
    hosts = List.copyOf(hosts);
    components = List.copyOf(components);
    targets = List.copyOf(targets);
  }

  /// Parses a file's text; `path` names it in messages.
  public static DistFile parse(Path path, String text) throws KilnException {
    var root = TomlFile.parse(path, text).root();
    var keys = List.of("kind", "channel", "hosts", "components", "targets");
    for (var key : root.keys()) {
      if (!keys.contains(key)) {
        throw new KilnException(
            "unknown key `" + key + "` in " + path, "the keys are: " + String.join(", ", keys));
      }
    }
    var channel = root.string("channel");
    if (channel == null) {
      throw root.failure("the toolchain file names no channel");
    }
    return new DistFile(
        channel, strings(root, "hosts"), strings(root, "components"), strings(root, "targets"));
  }

  private static List<String> strings(TomlTable root, String key) throws KilnException {
    var strings = root.strings(key);
    return strings == null ? List.of() : strings;
  }

  /// Returns the file's text, which [#parse] reads.
  public String text() {
    return "kind = \"rust-dist\"\nchannel = \""
        + channel
        + "\"\nhosts = "
        + list(hosts)
        + "\ncomponents = "
        + list(components)
        + "\ntargets = "
        + list(targets)
        + "\n";
  }

  private static String list(List<String> items) {
    return items.isEmpty() ? "[]" : "[\"" + String.join("\", \"", items) + "\"]";
  }

  /// Returns the path of the channel's manifest below a distribution's root: `nightly-2026-01-31`
  /// is the nightly of that day.
  public String manifest() {
    if (channel.matches("(stable|beta|nightly)-[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
      int dash = channel.indexOf('-');
      return "dist/"
          + channel.substring(dash + 1)
          + "/channel-rust-"
          + channel.substring(0, dash)
          + ".toml";
    }
    return "dist/channel-rust-" + channel + ".toml";
  }

  /// Pins all components by what a manifest says of them.
  public PackageLock lock(ChannelManifest manifest) throws KilnException {
    var found = new ArrayList<LockedPackage>();
    var names = new TreeSet<>(ALWAYS);
    names.addAll(components);
    for (var name : names) {
      if (name.equals("rust-src")) {
        found.add(manifest.require(name, "*"));
        continue;
      }
      for (var host : hosts) {
        found.add(manifest.require(name, host));
      }
    }
    for (var target : targets) {
      if (!hosts.contains(target)) {
        found.add(manifest.require("rust-std", target));
      }
    }
    return new PackageLock(found);
  }
}
