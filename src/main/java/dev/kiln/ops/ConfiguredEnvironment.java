package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.ConfigValue;
import java.util.SortedMap;
import java.util.TreeMap;

/// The `[env]` table: variables for rustc, build scripts and programs that are run (Cargo:
/// context/mod.rs `env_config`; cargo-build.md §4.11).
final class ConfiguredEnvironment {
  private ConfiguredEnvironment() {}

  /// Returns the variables with what counts: the user's own value where there is one and it is not
  /// forced to be another.
  static SortedMap<String, String> of(CargoConfig config) throws KilnException {
    var variables = new TreeMap<String, String>();
    for (var entry : config.table("env").entrySet()) {
      var name = entry.getKey();
      if (name.equals("CARGO_HOME") || name.startsWith("RUSTUP_")) {
        throw new KilnException(
            "setting the `"
                + name
                + "` environment variable is not supported in the `[env]` "
                + "configuration table");
      }
      switch (entry.getValue()) {
        case ConfigValue.Text text -> {
          variables.put(name, config.environment().getOrDefault(name, text.value()));
        }
        case ConfigValue.Table table -> addTable(config, name, table, variables);
        case ConfigValue other ->
            throw CargoConfig.notLoaded(
                other,
                new KilnException(
                    "invalid type: " + other.literal() + ", expected a string or map"),
                "env",
                name);
      }
    }
    return variables;
  }

  private static void addTable(
      CargoConfig config, String name, ConfigValue.Table table, SortedMap<String, String> variables)
      throws KilnException {
    if (!(table.values().get("value") instanceof ConfigValue.Text value)) {
      throw new KilnException(
          "missing config key `env." + name + ".value` in " + table.definition());
    }
    var given = config.environment().get(name);
    if (given != null && !isSet(table, "force")) {
      variables.put(name, given);
      return;
    }
    variables.put(
        name,
        isSet(table, "relative")
            ? value.definition().base(config.cwd()).resolve(value.value()).toString()
            : value.value());
  }

  private static boolean isSet(ConfigValue.Table table, String key) {
    return table.values().get(key) instanceof ConfigValue.Bool bool && bool.value();
  }
}
