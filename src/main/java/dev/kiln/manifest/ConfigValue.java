package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A value of Cargo's configuration and where it was defined (Cargo: context/config_value.rs).
public sealed interface ConfigValue {
  /// Where a value comes from.
  ///
  /// `file` is the configuration file, null for `--config KEY=VALUE` and for the environment, whose
  /// variable is `variable`.
  record Definition(Origin origin, @Nullable Path file, @Nullable String variable) {
    /// The layers, the later over the earlier.
    public enum Origin {
      FILE,
      ENVIRONMENT,
      COMMAND_LINE
    }

    boolean isOver(Definition other) {
      return origin.compareTo(other.origin) > 0;
    }

    /// Returns the directory that paths are relative to: the one that holds `.cargo`, or the
    /// working directory.
    public Path base(Path cwd) {
      var folder = file == null ? null : file.getParent();
      if (folder == null) {
        return cwd;
      }
      var parent = folder.getParent();
      return parent == null ? folder : parent;
    }

    @Override
    public String toString() {
      return switch (origin) {
        case FILE -> file == null ? "default" : file.toString();
        case ENVIRONMENT -> "environment variable `" + variable + "`";
        case COMMAND_LINE -> file == null ? "--config cli option" : String.valueOf(file);
      };
    }
  }

  /// A string.
  record Text(String value, Definition definition) implements ConfigValue {}

  /// An integer.
  record Number(long value, Definition definition) implements ConfigValue {}

  /// A boolean.
  record Bool(boolean value, Definition definition) implements ConfigValue {}

  /// An array; each item knows its own place, since arrays of several files are joined.
  record Items(List<ConfigValue> values, Definition definition) implements ConfigValue {
    public Items {
      values = List.copyOf(values);
    }
  }

  /// A table, sorted by key.
  record Table(SortedMap<String, ConfigValue> values, Definition definition)
      implements ConfigValue {
    /// Nothing at all.
    static final Table EMPTY =
        new Table(new TreeMap<>(), new Definition(Definition.Origin.FILE, null, ""));

    public Table {
      values = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }
  }

  Definition definition();

  /// Returns the name of the type as Cargo's messages say it.
  default String description() {
    return switch (this) {
      case Text _ -> "string";
      case Number _ -> "integer";
      case Bool _ -> "boolean";
      case Items _ -> "array";
      case Table _ -> "table";
    };
  }

  /// Returns the value as serde names an unexpected one: "boolean `true`", "map".
  default String literal() {
    return switch (this) {
      case Text text -> "string \"" + text.value() + "\"";
      case Number number -> "integer `" + number.value() + "`";
      case Bool bool -> "boolean `" + bool.value() + "`";
      case Items _ -> "sequence";
      case Table _ -> "map";
    };
  }

  /// Reads a value of a file; `path` names it in the message of a type that configuration has not.
  static ConfigValue of(TomlValue value, Definition definition, String path) throws KilnException {
    if (value.isString()) {
      return new Text(value.string(), definition);
    }
    if (value.isInteger()) {
      return new Number(value.integer(), definition);
    }
    if (value.isBool()) {
      return new Bool(value.bool(), definition);
    }
    if (value.isArray()) {
      var items = new ArrayList<ConfigValue>();
      for (var item : value.array()) {
        items.add(of(item, definition, path + "[" + items.size() + "]"));
      }
      return new Items(items, definition);
    }
    if (value.isTable()) {
      return of(value.table(), definition, path);
    }
    throw new KilnException(
        "failed to parse config at `" + path + "`",
        null,
        new KilnException("unsupported TOML configuration type `" + value.typeName() + "`"));
  }

  static Table of(dev.kiln.toml.TomlTable table, Definition definition, String path)
      throws KilnException {
    var values = new TreeMap<String, ConfigValue>();
    for (var entry : table.entries()) {
      var part = CargoConfig.shown(entry.getKey());
      values.put(
          entry.getKey(),
          of(entry.getValue(), definition, path.isEmpty() ? part : path + "." + part));
    }
    return new Table(values, definition);
  }

  /// Joins what is there with what is loaded after it: tables by key, arrays appended (the lower
  /// layer's items first), else the higher layer's value. `over` says that what comes later is the
  /// higher layer; `path` names the key (Cargo: config_value.rs `merge`).
  static ConfigValue merge(ConfigValue there, ConfigValue later, boolean over, String path)
      throws KilnException {
    var low = over ? there : later;
    var high = over ? later : there;
    if (low instanceof Table lowTable && high instanceof Table highTable) {
      var values = new TreeMap<>(lowTable.values());
      for (Map.Entry<String, ConfigValue> entry : highTable.values().entrySet()) {
        var key = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
        var under = values.get(entry.getKey());
        values.put(
            entry.getKey(),
            under == null
                ? entry.getValue()
                : over
                    ? merged(entry.getKey(), under, entry.getValue(), true, key)
                    : merged(entry.getKey(), entry.getValue(), under, false, key));
      }
      return new Table(values, high.definition());
    }
    if (low instanceof Items lowItems && high instanceof Items highItems) {
      if (isReplaced(path)) {
        return high;
      }
      var values = new ArrayList<>(lowItems.values());
      values.addAll(highItems.values());
      return new Items(values, high.definition());
    }
    if (!low.description().equals(high.description()) && (isCompound(low) || isCompound(high))) {
      throw new KilnException(
          "failed to merge config value from `"
              + later.definition()
              + "` into `"
              + there.definition()
              + "`: expected "
              + there.description()
              + ", but found "
              + later.description());
    }
    return high;
  }

  private static ConfigValue merged(
      String name, ConfigValue there, ConfigValue later, boolean over, String path)
      throws KilnException {
    try {
      return merge(there, later, over, path);
    } catch (KilnException e) {
      throw new KilnException(
          "failed to merge key `"
              + name
              + "` between "
              + there.definition()
              + " and "
              + later.definition(),
          null,
          e);
    }
  }

  private static boolean isCompound(ConfigValue value) {
    return value instanceof Items || value instanceof Table;
  }

  /// Lists that are programs with arguments are not joined (Cargo: `is_nonmergeable_list`).
  private static boolean isReplaced(String path) {
    return path.equals("registry.credential-provider")
        || path.equals("doc.browser")
        || (path.startsWith("target.") && path.endsWith(".runner"))
        || path.equals("host.runner")
        || (path.startsWith("registries.") && path.endsWith(".credential-provider"))
        || path.startsWith("credential-alias.");
  }
}
