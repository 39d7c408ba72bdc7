package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import dev.kiln.toml.TomlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads profiles from either of their homes (Cargo: `TomlProfile`, `validate_profile`).
final class ProfileReader {
  private static final Set<String> DEBUG_WORDS =
      Set.of("none", "line-directives-only", "line-tables-only", "limited", "full");

  private static final String DEBUG =
      "a boolean, 0, 1, 2, \"none\", \"limited\", \"full\", \"line-tables-only\", or"
          + " \"line-directives-only\"";

  /// Where a profile's keys are looked up: a manifest's table, or a key of the configuration.
  private interface Home {
    /// Returns a String, Long or Boolean, or null; `expected` tells of them in messages.
    @Nullable Object scalar(String key, String expected) throws KilnException;

    @Nullable Home child(String key) throws KilnException;

    Set<String> keys() throws KilnException;

    /// Returns the failure "invalid type" at a key.
    KilnException invalid(String key, String expected);

    /// Returns a failure at a key.
    KilnException failure(String key, String message);
  }

  private ProfileReader() {}

  static TomlProfile ofManifest(String name, TomlTable table, List<String> warnings)
      throws KilnException {
    var profile = read(new InManifest(table));
    UnstableKeys.checkProfile(table);
    var packages = table.table("package");
    if (packages != null) {
      for (var entry : packages.entries()) {
        checkSpec(entry.getKey(), entry.getValue());
      }
    }
    if (overrideHas(table, "package")) {
      throw new KilnException("package-specific profiles cannot be nested");
    }
    if (overrideHas(table, "build-override")) {
      throw new KilnException("build-override profiles cannot be nested");
    }
    validate(name, profile, table.has("dir-name"));
    if (name.equals("doc")) {
      warnings.add("profile `doc` is deprecated and has no effect");
    } else if ((name.equals("test") || name.equals("bench")) && profile.panic() != null) {
      warnings.add("`panic` setting is ignored for `" + name + "` profile");
    }
    return profile;
  }

  private static void checkSpec(String spec, TomlValue place) throws KilnException {
    int split = spec.indexOf('@');
    split = split >= 0 || spec.contains("//") ? split : spec.indexOf(':');
    if (split >= 0 && !spec.substring(split + 1).matches("\\d+(\\.\\d+){0,2}([-+].*)?")) {
      throw place.failure("expected a version like \"1.32\"");
    }
  }

  private static boolean overrideHas(TomlTable profile, String key) throws KilnException {
    var packages = profile.table("package");
    if (packages != null) {
      for (var override : packages.entries()) {
        if (override.getValue().table().has(key)) {
          return true;
        }
      }
    }
    var build = profile.table("build-override");
    return build != null && build.has(key);
  }

  static @Nullable TomlProfile ofConfig(CargoConfig config, String... key) throws KilnException {
    var value = config.value(key);
    TomlProfile profile;
    try {
      profile = read(new InConfig(config, List.of(key)));
    } catch (KilnException e) {
      throw value == null ? e : CargoConfig.notLoaded(value, e, key);
    }
    if (profile.isEmpty() && value == null) {
      return null;
    }
    var name = key[key.length - 1];
    try {
      if (value instanceof ConfigValue.Table table) {
        UnstableKeys.checkProfile(table);
      }
      validate(name, profile, false);
    } catch (KilnException e) {
      var place =
          value == null
              ? "environment variable `" + CargoConfig.environmentName(key) + "`"
              : value.definition().toString();
      throw new KilnException(
          "config profile `" + name + "` is not valid (defined in `" + place + "`)", null, e);
    }
    return profile;
  }

  private static TomlProfile read(Home home) throws KilnException {
    SortedMap<String, TomlProfile> packages = new TreeMap<>();
    var overrides = home.child("package");
    if (overrides != null) {
      for (var spec : overrides.keys()) {
        var override = overrides.child(spec);
        if (override != null) {
          packages.put(spec, read(override));
        }
      }
    }
    var build = home.child("build-override");
    var buildOverride = build == null ? null : read(build);
    return new TomlProfile(
        optLevel(home),
        word(home, "lto", "a boolean or string"),
        codegenUnits(home),
        debug(home),
        text(home, "split-debuginfo"),
        bool(home, "debug-assertions"),
        bool(home, "rpath"),
        text(home, "panic"),
        bool(home, "overflow-checks"),
        bool(home, "incremental"),
        strip(home),
        bool(home, "hint-mostly-unused"),
        text(home, "inherits"),
        packages,
        buildOverride);
  }

  private static @Nullable String optLevel(Home home) throws KilnException {
    var value = home.scalar("opt-level", "an optimization level");
    if (value == null) {
      return null;
    }
    if (value instanceof Boolean) {
      throw home.invalid("opt-level", "an optimization level");
    }
    var word = value.toString();
    if (value instanceof String && !word.matches("[0-3sz]")) {
      throw home.failure(
          "opt-level",
          "must be `0`, `1`, `2`, `3`, `s` or `z`, but found the string: \"" + word + "\"");
    }
    return word;
  }

  private static @Nullable Long codegenUnits(Home home) throws KilnException {
    var value = home.scalar("codegen-units", "u32");
    if (value == null) {
      return null;
    }
    if (value instanceof Long units && units >= 0) {
      return units;
    }
    throw value instanceof Long
        ? home.failure("codegen-units", "invalid value: integer `" + value + "`, expected u32")
        : home.invalid("codegen-units", "u32");
  }

  private static @Nullable String debug(Home home) throws KilnException {
    var value = home.scalar("debug", DEBUG);
    return switch (value) {
      case null -> null;
      case Boolean bool -> bool ? "2" : "0";
      case Long level when level >= 0 && level <= 2 -> level.toString();
      case String word when DEBUG_WORDS.contains(word) ->
          switch (word) {
            case "none" -> "0";
            case "limited" -> "1";
            case "full" -> "2";
            default -> word;
          };
      case Long level ->
          throw home.failure("debug", "invalid value: integer `" + level + "`, expected " + DEBUG);
      default ->
          throw home.failure("debug", "invalid value: string \"" + value + "\", expected " + DEBUG);
    };
  }

  private static @Nullable String strip(Home home) throws KilnException {
    var value = home.scalar("strip", "a boolean or string");
    return switch (value) {
      case null -> null;
      case Boolean bool -> bool ? "symbols" : "none";
      case String word -> word;
      default -> throw home.invalid("strip", "a boolean or string");
    };
  }

  private static @Nullable String word(Home home, String key, String expected)
      throws KilnException {
    var value = home.scalar(key, expected);
    return switch (value) {
      case null -> null;
      case Boolean bool -> bool.toString();
      case String word when word.equals("true") || word.equals("false") ->
          throw new KilnException(
              "`"
                  + key
                  + "` setting of string `\""
                  + word
                  + "\"` is not a valid setting, must be a boolean (`true`/`false`) or a string"
                  + " (`\"thin\"`/`\"fat\"`/`\"off\"`) or omitted.");
      case String word -> word;
      default -> throw home.invalid(key, expected);
    };
  }

  private static @Nullable String text(Home home, String key) throws KilnException {
    var value = home.scalar(key, "a string");
    return switch (value) {
      case null -> null;
      case String text -> text;
      default -> throw home.invalid(key, "a string");
    };
  }

  private static @Nullable Boolean bool(Home home, String key) throws KilnException {
    var value = home.scalar(key, "a boolean");
    return switch (value) {
      case null -> null;
      case Boolean bool -> bool;
      default -> throw home.invalid(key, "a boolean");
    };
  }

  private static void validate(String name, TomlProfile profile, boolean hasDirName)
      throws KilnException {
    if (hasDirName) {
      throw new KilnException(
          "dir-name=\"…\" in profile `"
              + name
              + "` is not currently allowed, as directory names are tied to the profile name for"
              + " custom profiles");
    }
    if ("debug".equals(profile.inherits())) {
      throw new KilnException(
          "profile."
              + name
              + ".inherits=\"debug\" should be profile."
              + name
              + ".inherits=\"dev\"");
    }
    var panic = profile.panic();
    if (panic != null && !panic.equals("unwind") && !panic.equals("abort")) {
      throw new KilnException(
          "`panic` setting of `"
              + panic
              + "` is not a valid setting, must be `unwind`, `abort`, or `immediate-abort`.");
    }
    for (var override : profile.packages().values()) {
      validateOverride(override, "package");
    }
    if (profile.buildOverride() != null) {
      validateOverride(profile.buildOverride(), "build-override");
    }
  }

  private static void validateOverride(TomlProfile override, String what) throws KilnException {
    var key =
        override.panic() != null
            ? "panic"
            : override.lto() != null ? "lto" : override.rpath() != null ? "rpath" : null;
    if (key != null) {
      throw new KilnException("`" + key + "` may not be specified in a `" + what + "` profile");
    }
  }

  private record InManifest(TomlTable table) implements Home {
    @Override
    public @Nullable Object scalar(String key, String expected) throws KilnException {
      var value = table.value(key);
      if (value == null) {
        return null;
      }
      if (value.isString()) {
        return value.string();
      }
      if (value.isBool()) {
        return value.bool();
      }
      if (value.isInteger()) {
        return value.integer();
      }
      throw value.invalidType(expected);
    }

    @Override
    public @Nullable Home child(String key) throws KilnException {
      var child = table.table(key);
      return child == null ? null : new InManifest(child);
    }

    @Override
    public Set<String> keys() {
      return table.keys();
    }

    @Override
    public KilnException invalid(String key, String expected) {
      TomlValue value = table.value(key);
      return value == null
          ? table.failure("missing field `" + key + "`")
          : value.invalidType(expected);
    }

    @Override
    public KilnException failure(String key, String message) {
      TomlValue value = table.value(key);
      return value == null ? table.failure(message) : value.failure(message);
    }
  }

  private record InConfig(CargoConfig config, List<String> path) implements Home {
    @Override
    public @Nullable Object scalar(String last, String expected) throws KilnException {
      return config.scalar(expected, inner(last).toArray(String[]::new));
    }

    @Override
    public @Nullable Home child(String last) {
      var path = inner(last);
      var child = path.toArray(String[]::new);
      boolean isDefined = config.value(child) != null || config.hasVariablesUnder(child);
      return isDefined ? new InConfig(config, path) : null;
    }

    @Override
    public Set<String> keys() throws KilnException {
      return config.table(path.toArray(String[]::new)).keySet();
    }

    @Override
    public KilnException invalid(String last, String expected) {
      return config.invalid(expected, inner(last).toArray(String[]::new));
    }

    @Override
    public KilnException failure(String last, String message) {
      return new KilnException(
          "error in the configuration: could not load config key `"
              + String.join(".", inner(last))
              + "`",
          null,
          new KilnException(message));
    }

    private List<String> inner(String last) {
      var parts = new ArrayList<>(path);
      parts.add(last);
      return parts;
    }
  }
}
