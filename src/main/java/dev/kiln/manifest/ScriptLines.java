package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import java.util.ArrayList;
import java.util.List;

/// Reads `build-script` of an override in kiln.toml: what Cargo's `target.TRIPLE.LINKS` may say,
/// under the same keys. Keys that do not begin with `rustc-` are for the scripts of dependents.
public final class ScriptLines {
  private static final String ENVIRONMENT = "rustc-env";

  /// The keys that may have several values.
  public static final List<String> LISTS =
      List.of(
          "rustc-link-lib",
          "rustc-link-search",
          "rustc-link-arg",
          "rustc-link-arg-cdylib",
          "rustc-cdylib-link-arg",
          "rustc-link-arg-bins",
          "rustc-link-arg-tests",
          "rustc-link-arg-benches",
          "rustc-link-arg-examples",
          "rustc-cfg",
          "rustc-check-cfg");

  private static final List<String> NOT_HERE =
      List.of("warning", "rerun-if-changed", "rerun-if-env-changed");

  private ScriptLines() {}

  /// Returns the lines that a script would print.
  static List<String> read(TomlTable table) throws KilnException {
    var lines = new ArrayList<String>();
    for (var entry : table.entries()) {
      var key = entry.getKey();
      if (NOT_HERE.contains(key)) {
        throw table.failure("`" + key + "` is not supported in build script overrides");
      }
      if (key.equals(ENVIRONMENT)) {
        for (var variable : entry.getValue().table().entries()) {
          lines.add("cargo:" + key + "=" + variable.getKey() + "=" + variable.getValue().string());
        }
      } else if (LISTS.contains(key) && entry.getValue().isArray()) {
        entry.getValue().strings().forEach(value -> lines.add("cargo:" + key + "=" + value));
      } else {
        requireKnown(table, key);
        lines.add("cargo:" + key + "=" + entry.getValue().string());
      }
    }
    return lines;
  }

  private static void requireKnown(TomlTable table, String key) throws KilnException {
    if (key.startsWith("rustc-") && !LISTS.contains(key)) {
      var keys = new ArrayList<>(LISTS);
      keys.add(ENVIRONMENT);
      throw new KilnException(
          "unknown key `" + key + "` in " + table.place(),
          Nearest.to(key, keys)
              .map(near -> "did you mean `" + near + "`?")
              .orElse("the keys are: " + String.join(", ", keys)));
    }
  }
}
