package dev.kiln.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A random workspace with what stands around it: members, other path packages, profiles,
/// configuration, environment.
final class Ground {
  /// The package at the root, or null in a virtual workspace; it is among `crates` too.
  Crate root;

  String resolver = "";
  boolean workspaceTable = true;
  final List<Crate> crates = new ArrayList<>();
  final List<String> defaultMembers = new ArrayList<>();
  final List<String> inherited = new ArrayList<>();
  final SortedMap<String, List<String>> profiles = new TreeMap<>();
  final SortedMap<String, List<String>> config = new TreeMap<>();
  final SortedMap<String, String> environment = new TreeMap<>();

  /// Returns all files of the workspace by path.
  SortedMap<String, String> files() {
    var files = new TreeMap<String, String>();
    for (var crate : crates) {
      var prefix = crate.directory.isEmpty() ? "" : crate.directory + "/";
      files.put(prefix + "Cargo.toml", crate.manifest() + (crate == root ? rootTables() : ""));
      crate.sources().forEach((path, text) -> files.put(prefix + path, text));
    }
    if (root == null) {
      files.put("Cargo.toml", rootTables());
    }
    if (!config.isEmpty()) {
      files.put(".cargo/config.toml", tables(config));
    }
    return files;
  }

  private String rootTables() {
    var text = new StringBuilder();
    if (workspaceTable || root == null) {
      text.append("\n[workspace]\nmembers = [");
      text.append(Crate.quoted(members())).append("]\n");
      if (!resolver.isEmpty()) {
        text.append("resolver = \"").append(resolver).append("\"\n");
      }
      if (!defaultMembers.isEmpty()) {
        text.append("default-members = [").append(Crate.quoted(defaultMembers)).append("]\n");
      }
      var excluded =
          crates.stream().filter(crate -> !crate.member).map(crate -> crate.directory).toList();
      if (!excluded.isEmpty()) {
        text.append("exclude = [").append(Crate.quoted(excluded)).append("]\n");
      }
      if (!inherited.isEmpty()) {
        text.append("\n[workspace.dependencies]\n");
        inherited.forEach(line -> text.append(line).append('\n'));
      }
    }
    return text.append(tables(profiles)).toString();
  }

  private List<String> members() {
    return crates.stream()
        .filter(crate -> crate.member && crate != root)
        .map(crate -> crate.directory)
        .toList();
  }

  private static String tables(SortedMap<String, List<String>> tables) {
    var text = new StringBuilder();
    tables.forEach((header, lines) -> {
      text.append("\n[").append(header).append("]\n");
      lines.forEach(line -> text.append(line).append('\n'));
    });
    return text.toString();
  }
}
