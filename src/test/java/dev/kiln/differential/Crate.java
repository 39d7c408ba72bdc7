package dev.kiln.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// A package of a random workspace or registry, made to be cut down piece by piece.
final class Crate {
  /// A dependency; `path` null means the registry, `kind` is the table's name.
  record Need(
      String key,
      Crate on,
      String kind,
      String platform,
      String requirement,
      boolean optional,
      boolean defaults,
      List<String> features,
      boolean inherited) {
    boolean isDev() {
      return kind.startsWith("dev");
    }
  }

  /// A target section or discovered file: `section` lines go below its header, none for a
  /// discovered one.
  record Part(String table, String name, String file, List<String> section) {}

  final String name;
  final String version;
  final String edition;
  final boolean registry;
  String directory = "";
  boolean member = true;
  boolean procMacro;
  boolean lib = true;
  boolean script;
  String links = "";
  String libFile = "src/lib.rs";
  String scriptFile = "build.rs";

  /// Keys of `[package]` that the workspace says.
  final SortedSet<String> inherits = new TreeSet<>();

  final List<String> libSection = new ArrayList<>();
  final List<String> packageLines = new ArrayList<>();
  final List<Part> parts = new ArrayList<>();
  final List<Need> needs = new ArrayList<>();
  final SortedMap<String, List<String>> features = new TreeMap<>();

  Crate(String name, String version, String edition, boolean registry) {
    this.name = name;
    this.version = version;
    this.edition = edition;
    this.registry = registry;
  }

  /// Returns the features that a dependent may ask for.
  List<String> featureNames() {
    var names = new TreeSet<>(features.keySet());
    names.remove("default");
    var values = features.values().stream().flatMap(List::stream).toList();
    needs.stream()
        .filter(need -> need.optional() && !values.contains("dep:" + need.key()))
        .forEach(need -> names.add(need.key()));
    return List.copyOf(names);
  }

  /// Returns a copy of a registry's package that lies in the workspace.
  Crate at(String place) {
    var copy = new Crate(name, version, edition, false);
    copy.directory = place;
    copy.member = false;
    copy.procMacro = procMacro;
    copy.script = script;
    copy.links = links;
    copy.needs.addAll(needs);
    copy.features.putAll(features);
    return copy;
  }

  /// Writes the manifest, but for what only a workspace's root says.
  String manifest() {
    var text = new StringBuilder();
    text.append("[package]\nname = \"").append(name).append("\"\n");
    text.append(field("version", version)).append(field("edition", edition));
    if (!links.isEmpty()) {
      text.append("links = \"").append(links).append("\"\n");
    }
    if (script && !scriptFile.equals("build.rs")) {
      text.append("build = \"").append(scriptFile).append("\"\n");
    }
    packageLines.forEach(line -> text.append(line).append('\n'));
    if (procMacro || !libSection.isEmpty()) {
      text.append("\n[lib]\n").append(procMacro ? "proc-macro = true\n" : "");
      libSection.forEach(line -> text.append(line).append('\n'));
    }
    for (var part : parts) {
      if (!part.section().isEmpty()) {
        text.append("\n[[").append(part.table()).append("]]\nname = \"").append(part.name());
        text.append("\"\n");
        part.section().forEach(line -> text.append(line).append('\n'));
      }
    }
    if (!features.isEmpty()) {
      text.append("\n[features]\n");
      features.forEach((feature, values) ->
          text.append(feature).append(" = [").append(quoted(values)).append("]\n"));
    }
    var tables = new TreeMap<String, StringBuilder>();
    for (var need : needs) {
      var table =
          need.platform().isEmpty() ? need.kind() : "target." + need.platform() + "." + need.kind();
      tables.computeIfAbsent(table, _ -> new StringBuilder()).append(line(need)).append('\n');
    }
    tables.forEach((table, lines) -> text.append("\n[").append(table).append("]\n").append(lines));
    return text.toString();
  }

  private String field(String key, String value) {
    return inherits.contains(key) ? key + ".workspace = true\n" : key + " = \"" + value + "\"\n";
  }

  private String line(Need need) {
    var line = new StringBuilder(need.key()).append(" = { ");
    if (need.inherited()) {
      line.append("workspace = true");
    } else {
      line.append(source(need, directory));
      if (!need.key().equals(need.on().name)) {
        line.append(", package = \"").append(need.on().name).append('"');
      }
      if (!need.defaults()) {
        line.append(", default-features = false");
      }
    }
    if (need.optional()) {
      line.append(", optional = true");
    }
    if (!need.features().isEmpty()) {
      line.append(", features = [").append(quoted(need.features())).append(']');
    }
    return line.append(" }").toString();
  }

  /// Returns the words that say where a dependency comes from, seen from a directory.
  static String source(Need need, String from) {
    if (need.on().registry) {
      return "version = \"" + need.requirement() + "\"";
    }
    var up = from.isEmpty() ? "" : "../".repeat(from.split("/", -1).length);
    var path = up + need.on().directory;
    return "path = \""
        + (path.isEmpty() ? "." : path)
        + "\""
        + (need.requirement().isEmpty() ? "" : ", version = \"" + need.requirement() + "\"");
  }

  static String quoted(List<String> words) {
    return String.join(", ", words.stream().map(word -> "\"" + word + "\"").toList());
  }

  /// Returns the source files, by path below the package.
  SortedMap<String, String> sources() {
    var files = new TreeMap<String, String>();
    if (lib) {
      files.put(libFile, "");
    }
    if (script) {
      files.put(scriptFile, "fn main() {}\n");
    }
    for (var part : parts) {
      files.put(part.file(), "fn main() {}\n");
    }
    if (!lib && parts.stream().noneMatch(part -> part.table().equals("bin"))) {
      files.put("src/main.rs", "fn main() {}\n");
    }
    return files;
  }
}
