package dev.kiln.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The programs of this host that can build a sandbox, by name.
public record Tools(Path root, Map<String, Path> found) {
  private static final String[] NAMES = {
    "bwrap", "unshare", "mount", "setpriv", "setsid", "env", "ip", "hostname", "sh"
  };

  public Tools {
    found = Map.copyOf(found);
  }

  /// Looks them up in a search path such as PATH, and in the places of every system; `root` is the
  /// root directory of this machine.
  public static Tools find(Path root, String searchPath) {
    var found = new TreeMap<String, Path>();
    for (var folder : (searchPath + ":/usr/bin:/bin:/usr/sbin:/sbin").split(":", -1)) {
      if (!folder.startsWith("/")) {
        continue;
      }
      for (var name : NAMES) {
        var file = root.resolve(folder.substring(1)).resolve(name);
        if (!found.containsKey(name) && Files.isExecutable(file)) {
          found.put(name, file);
        }
      }
    }
    return new Tools(root, found);
  }

  Optional<Path> find(String name) {
    return Optional.ofNullable(found.get(name));
  }

  boolean hasAll(String... names) {
    for (var name : names) {
      if (!found.containsKey(name)) {
        return false;
      }
    }
    return true;
  }

  /// Returns a tool that a rung was chosen for.
  Path require(String name) {
    return find(name).orElseThrow(() -> new IllegalStateException("no " + name + " here"));
  }
}
