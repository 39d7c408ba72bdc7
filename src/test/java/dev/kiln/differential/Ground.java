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

  /// Whether `resolver` stands in `[package]`.
  boolean resolverOfPackage;

  boolean workspaceTable = true;

  /// Whether `members` is a pattern.
  boolean globbed;

  /// The version of the lock file that cargo is to find, 0 for its own.
  int lockVersion;

  /// Whether crates.io is replaced by a directory rather than a local registry.
  boolean vendored;

  final List<Crate> crates = new ArrayList<>();

  /// Copies of the registry's packages that stand for them, and the line of the table that says so.
  final SortedMap<String, Crate> patches = new TreeMap<>();

  /// Directories of members that only a path dependency of the root makes members.
  final List<String> unlisted = new ArrayList<>();

  final List<String> defaultMembers = new ArrayList<>();
  final List<String> inherited = new ArrayList<>();
  final SortedMap<String, List<String>> tables = new TreeMap<>();
  final SortedMap<String, List<String>> profiles = new TreeMap<>();
  final SortedMap<String, List<String>> config = new TreeMap<>();
  final SortedMap<String, String> otherFiles = new TreeMap<>();
  final SortedMap<String, String> environment = new TreeMap<>();

  /// Returns all files of the workspace by path.
  SortedMap<String, String> files() {
    var files = new TreeMap<String, String>();
    for (var crate : crates) {
      add(files, crate, crate == root ? rootTables() : "");
    }
    patches.values().forEach(crate -> add(files, crate, ""));
    if (root == null) {
      files.put("Cargo.toml", rootTables());
    }
    if (!config.isEmpty()) {
      files.put(".cargo/config.toml", tables(config));
    }
    files.putAll(otherFiles);
    return files;
  }

  private void add(SortedMap<String, String> files, Crate crate, String tables) {
    var prefix = crate.directory.isEmpty() ? "" : crate.directory + "/";
    files.put(prefix + "Cargo.toml", crate.manifest() + tables);
    crate.sources().forEach((path, text) -> files.put(prefix + path, text));
  }

  private String rootTables() {
    var text = new StringBuilder();
    if (workspaceTable || root == null) {
      text.append("\n[workspace]\nmembers = [");
      text.append(Crate.quoted(members())).append("]\n");
      if (!resolver.isEmpty() && !resolverOfPackage) {
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
    return text.append(tables(tables)).append(tables(profiles)).toString();
  }

  private List<String> members() {
    if (globbed) {
      return List.of("crates/*");
    }
    return crates.stream()
        .filter(crate -> crate.member && crate != root && !unlisted.contains(crate.directory))
        .map(crate -> crate.directory)
        .toList();
  }

  private static String tables(SortedMap<String, List<String>> tables) {
    var text = new StringBuilder();
    tables.forEach((header, lines) -> {
      text.append(header.isEmpty() ? "" : "\n[" + header + "]\n");
      lines.forEach(line -> text.append(line).append('\n'));
    });
    return text.toString();
  }
}
