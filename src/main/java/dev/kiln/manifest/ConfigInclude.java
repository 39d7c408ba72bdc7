package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.manifest.ConfigValue.Definition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A file that a configuration file includes (Cargo: context/mod.rs `include_paths`).
record ConfigInclude(String path, boolean optional, Definition definition) {
  /// Reads the value of `include`.
  static List<ConfigInclude> of(ConfigValue include) throws KilnException {
    if (!(include instanceof ConfigValue.Items list)) {
      throw new KilnException(
          "expected a list of strings or a list of tables, but found "
              + include.description()
              + " at `include` in `"
              + include.definition());
    }
    var includes = new ArrayList<ConfigInclude>();
    for (var item : list.values()) {
      includes.add(of(item, "include[" + includes.size() + "]"));
    }
    for (var one : includes) {
      one.check();
    }
    return includes;
  }

  private static ConfigInclude of(ConfigValue item, String key) throws KilnException {
    var definition = item.definition();
    return switch (item) {
      case ConfigValue.Text text -> new ConfigInclude(text.value(), false, definition);
      case ConfigValue.Table table -> {
        var optional = table.values().get("optional");
        var path = text(table, key);
        if (optional != null && !(optional instanceof ConfigValue.Bool)) {
          throw unexpected("boolean", optional, key + ".optional", definition);
        }
        yield new ConfigInclude(
            path, optional instanceof ConfigValue.Bool bool && bool.value(), definition);
      }
      default ->
          throw new KilnException(
              "expected a string or table, but found "
                  + item.description()
                  + " at `"
                  + key
                  + "` in "
                  + definition);
    };
  }

  private static String text(ConfigValue.Table table, String key) throws KilnException {
    return switch (table.values().get("path")) {
      case ConfigValue.Text text -> text.value();
      case null ->
          throw new KilnException(
              "missing field `path` at `" + key + "` in `" + table.definition() + "`");
      case ConfigValue other ->
          throw unexpected("string", other, key + ".path", table.definition());
    };
  }

  private static KilnException unexpected(
      String type, ConfigValue found, String key, Definition definition) {
    return new KilnException(
        "expected a "
            + type
            + ", but found "
            + found.description()
            + " at `"
            + key
            + "` in `"
            + definition
            + "`");
  }

  private void check() throws KilnException {
    var wanted =
        !path.endsWith(".toml")
            ? "path ending with `.toml`"
            : path.chars().anyMatch(c -> "*?[]".indexOf(c) >= 0)
                ? "path without glob patterns"
                : path.contains("{") || path.contains("}") ? "path without template braces" : null;
    if (wanted != null) {
      throw new KilnException(
          "expected a config include "
              + wanted
              + ", but found `"
              + path
              + "` from `"
              + definition
              + "`");
    }
  }

  /// Returns where the file is: beside the one that includes it, else in the working directory.
  Path resolve(Path cwd) {
    var file = definition.file();
    var folder = file == null ? null : file.getParent();
    return (folder == null ? cwd : folder).resolve(path).normalize();
  }
}
