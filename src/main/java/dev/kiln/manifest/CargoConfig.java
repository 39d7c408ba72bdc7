package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.manifest.ConfigValue.Definition;
import dev.kiln.manifest.ConfigValue.Definition.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Cargo's configuration: files from the working directory up and in CARGO_HOME, `CARGO_*`
/// variables over them, `--config` over all (cargo-build.md §4).
///
/// A key is given part by part, since parts such as `cfg(unix)` or a triple may hold dots. Lookups
/// return null where nothing is defined.
public final class CargoConfig {
  private final Path cwd;
  private final @Nullable Path home;
  private final ConfigValue.Table root;
  private final SortedMap<String, String> environment;
  private final List<String> warnings;
  private final @Nullable KilnException fault;

  private CargoConfig(
      Path cwd,
      @Nullable Path home,
      ConfigValue.Table root,
      SortedMap<String, String> environment,
      List<String> warnings,
      @Nullable KilnException fault) {
    this.fault = fault;
    this.cwd = cwd;
    this.home = home;
    this.root = root;
    this.environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    this.warnings = List.copyOf(warnings);
  }

  /// A string with the directory that a relative path in it starts from.
  public record Located(String value, Definition definition) {}

  /// Loads what counts in `cwd`. `cargoHome` is where Cargo's home is, null for none.
  public static CargoConfig load(
      Path cwd,
      @Nullable Path cargoHome,
      SortedMap<String, String> environment,
      List<String> configArgs)
      throws KilnException {
    var warnings = new ArrayList<String>();
    var root = new ConfigFiles(cwd, cargoHome, warnings).load(configArgs);
    return new CargoConfig(cwd, cargoHome, root, environment, warnings, null);
  }

  /// Returns an empty configuration in the place of one that cannot be loaded, for manifests that
  /// need none: their own faults come first.
  public static CargoConfig broken(Path cwd, @Nullable Path cargoHome, KilnException fault) {
    return new CargoConfig(
        cwd, cargoHome, ConfigValue.Table.EMPTY, new TreeMap<>(), List.of(), fault);
  }

  /// Fails where the configuration could not be loaded.
  private void requireLoaded() throws KilnException {
    if (fault != null) {
      throw fault;
    }
  }

  /// Returns the source of a dependency that names no other.
  SourceId cratesIo() throws KilnException {
    requireLoaded();
    if (string("registry", "index") != null) {
      throw new KilnException(
          "the `registry.index` config value is no longer supported\n"
              + "Use `[source]` replacement to alter the default index for crates.io.");
    }
    return SourceId.CRATES_IO;
  }

  /// Returns CARGO_HOME, null where there is none.
  public @Nullable Path home() {
    return home;
  }

  public Path cwd() {
    return cwd;
  }

  /// Returns the environment that configuration variables are read from.
  public SortedMap<String, String> environment() {
    return environment;
  }

  public List<String> warnings() {
    return warnings;
  }

  /// Returns what files and `--config` define, without the environment.
  public @Nullable ConfigValue value(String... key) {
    ConfigValue at = root;
    for (var part : key) {
      at = at instanceof ConfigValue.Table table ? table.values().get(part) : null;
      if (at == null) {
        return null;
      }
    }
    return at;
  }

  /// Returns the entries of a table, empty where it is absent.
  public SortedMap<String, ConfigValue> table(String... key) throws KilnException {
    return switch (value(key)) {
      case null -> new TreeMap<>();
      case ConfigValue.Table table -> table.values();
      case ConfigValue other -> throw wrongType(other, "a table", key);
    };
  }

  /// Returns a string and where it is from; the environment counts where `--config` says nothing.
  public @Nullable Located string(String... key) throws KilnException {
    return switch (layered(key)) {
      case null -> null;
      case ConfigValue.Text text -> new Located(text.value(), text.definition());
      case ConfigValue other -> throw wrongType(other, "a string", key);
    };
  }

  public @Nullable Boolean bool(String... key) throws KilnException {
    return switch (layered(key)) {
      case null -> null;
      case ConfigValue.Bool bool -> bool.value();
      case ConfigValue.Text text when text.definition().origin() == Origin.ENVIRONMENT ->
          switch (text.value()) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new KilnException(
                    "error in "
                        + text.definition()
                        + ": provided string was not `true` or `false`");
          };
      case ConfigValue other -> throw wrongType(other, "true/false", key);
    };
  }

  public @Nullable Long integer(String... key) throws KilnException {
    return switch (layered(key)) {
      case null -> null;
      case ConfigValue.Number number -> number.value();
      case ConfigValue.Text text
          when text.definition().origin() == Origin.ENVIRONMENT
              && text.value().matches("[+-]?[0-9]{1,18}") ->
          Long.valueOf(text.value());
      case ConfigValue.Text text when text.definition().origin() == Origin.ENVIRONMENT ->
          throw new KilnException(
              "error in " + text.definition() + ": invalid digit found in string");
      case ConfigValue other -> throw wrongType(other, "an integer", key);
    };
  }

  /// Returns a list whose items know their places: a string is split at white space, the
  /// environment's words come after the files' items (Cargo: `StringList`).
  public @Nullable List<Located> strings(String... key) throws KilnException {
    var items = new ArrayList<Located>();
    var value = value(key);
    switch (value) {
      case null -> {}
      case ConfigValue.Text text -> split(text.value(), text.definition(), items);
      case ConfigValue.Items list -> {
        for (var item : list.values()) {
          if (!(item instanceof ConfigValue.Text text)) {
            throw wrongType(item, "a string", key);
          }
          items.add(new Located(text.value(), text.definition()));
        }
      }
      case ConfigValue other -> throw wrongType(other, "a string or array of strings", key);
    }
    var variable = environmentName(key);
    var words = environment.get(variable);
    if (words != null) {
      split(words, new Definition(Origin.ENVIRONMENT, null, variable), items);
    }
    return value == null && words == null ? null : items;
  }

  /// Returns `paths`, which the environment cannot set.
  List<Located> paths() throws KilnException {
    return switch (value("paths")) {
      case null -> List.of();
      case ConfigValue.Items list -> {
        var items = new ArrayList<Located>();
        for (var item : list.values()) {
          if (!(item instanceof ConfigValue.Text text)) {
            throw wrongType(item, "a string", "paths");
          }
          items.add(new Located(text.value(), text.definition()));
        }
        yield items;
      }
      case ConfigValue other -> throw wrongType(other, "a list", "paths");
    };
  }

  /// Returns what is one string or a list of them: the environment stands for the string, but its
  /// words come after a list's items (Cargo: `get_cv_with_env`).
  public @Nullable List<Located> oneOrMany(String... key) throws KilnException {
    if (value(key) instanceof ConfigValue.Items) {
      return strings(key);
    }
    var one = string(key);
    return one == null ? null : List.of(one);
  }

  private static void split(String words, Definition definition, List<Located> items) {
    for (var word : words.strip().split("\\s+", -1)) {
      if (!word.isEmpty()) {
        items.add(new Located(word, definition));
      }
    }
  }

  /// Returns a path, resolved from where it was defined.
  public @Nullable Path path(String... key) throws KilnException {
    var located = string(key);
    return located == null ? null : resolve(located);
  }

  /// Resolves a path from where it was defined.
  public Path resolve(Located located) {
    return located.definition().base(cwd).resolve(located.value()).normalize();
  }

  /// Returns a program: a bare name as it is, to be looked up in PATH, anything else as a path from
  /// where it was defined.
  public @Nullable String program(String... key) throws KilnException {
    var located = string(key);
    return located == null ? null : program(located);
  }

  /// Returns a program and its arguments, given as one string or as a list; null where absent
  /// (Cargo: `PathAndArgs`).
  public @Nullable List<String> command(String... key) throws KilnException {
    var words = new ArrayList<Located>();
    switch (layered(key)) {
      case null -> {
        return null;
      }
      case ConfigValue.Text text -> split(text.value(), text.definition(), words);
      case ConfigValue.Items list -> {
        for (var item : list.values()) {
          if (!(item instanceof ConfigValue.Text text)) {
            throw wrongType(item, "a string", key);
          }
          words.add(new Located(text.value(), text.definition()));
        }
      }
      case ConfigValue other -> throw wrongType(other, "a string or array of strings", key);
    }
    var command = new ArrayList<String>();
    for (var word : words) {
      command.add(command.isEmpty() ? program(word) : word.value());
    }
    return command;
  }

  /// Resolves a program's name likewise.
  public String program(Located located) {
    return located.value().contains("/") ? resolve(located).toString() : located.value();
  }

  /// Returns the source of a registry by its name in `[registries]`.
  public SourceId registry(String name) throws KilnException {
    requireLoaded();
    if (name.equals("crates-io")) {
      return SourceId.CRATES_IO;
    }
    var index = string("registries", name, "index");
    if (index == null) {
      throw new KilnException("registry index was not found in any configuration: `" + name + "`");
    }
    try {
      return SourceId.registry(indexUrl(index));
    } catch (KilnException e) {
      throw new KilnException(
          "invalid index URL for registry `" + name + "` defined in " + index.definition(),
          null,
          e);
    }
  }

  /// Returns the URL of an index; `file:` with a relative path starts where `.cargo` lies.
  private String indexUrl(Located index) throws KilnException {
    var url = index.value();
    if (!url.matches("[A-Za-z][A-Za-z0-9+.-]*:.*")) {
      throw new KilnException("invalid url `" + url + "`: relative URL without a base");
    }
    return url.startsWith("file:") && !url.startsWith("file:/")
        ? FileUrl.of(resolve(new Located(url.substring("file:".length()), index.definition())))
        : url;
  }

  /// Returns a named profile of configuration files, `--config` and `CARGO_PROFILE_*`, or null.
  public @Nullable TomlProfile profile(String name) throws KilnException {
    return TomlProfile.ofConfig(this, "profile", name);
  }

  /// Returns a String, Long or Boolean, the environment's text read as what it looks like;
  /// `expected` tells of them in messages.
  @Nullable Object scalar(String expected, String... key) throws KilnException {
    return switch (layered(key)) {
      case null -> null;
      case ConfigValue.Text text when text.definition().origin() == Origin.ENVIRONMENT ->
          switch (text.value()) {
            case "true" -> true;
            case "false" -> false;
            case String word when word.matches("-?[0-9]{1,18}") -> Long.valueOf(word);
            case String word -> word;
          };
      case ConfigValue.Text text -> text.value();
      case ConfigValue.Number number -> number.value();
      case ConfigValue.Bool bool -> bool.value();
      case ConfigValue other -> throw invalid(expected, key);
    };
  }

  /// Says whether a variable defines something below a key.
  boolean hasVariablesUnder(String... key) {
    var prefix = environmentName(key) + "_";
    var first = environment.tailMap(prefix);
    return !first.isEmpty() && first.firstKey().startsWith(prefix);
  }

  /// Returns the failure of a key that has no value of the type expected: a type of Cargo's
  /// getters, or what a visitor of serde says it expects.
  KilnException invalid(String expected, String... key) {
    var value = layered(key);
    if (value == null) {
      return new KilnException("missing config key `" + shown(key) + "`");
    }
    return switch (expected) {
      case "u32" -> wrongType(value, "an integer", key);
      case "a boolean" -> wrongType(value, "true/false", key);
      case "a string" -> wrongType(value, expected, key);
      default ->
          notLoaded(
              value,
              new KilnException("invalid type: " + value.literal() + ", expected " + expected),
              key);
    };
  }

  /// Returns a value, with the environment's text over it where that counts.
  @Nullable ConfigValue layered(String... key) {
    var value = value(key);
    var variable = environmentName(key);
    var text = environment.get(variable);
    if (text == null) {
      return value;
    }
    var definition = new Definition(Origin.ENVIRONMENT, null, variable);
    return value != null && value.definition().isOver(definition)
        ? value
        : new ConfigValue.Text(text, definition);
  }

  /// Returns the variable of a key: `CARGO_`, parts in upper case, `-` and `.` as `_`.
  public static String environmentName(String... key) {
    return "CARGO_"
        + String.join("_", key).toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
  }

  /// Returns Cargo's failure of a key whose value has no shape that is read.
  public static KilnException notLoaded(ConfigValue value, KilnException why, String... key) {
    var outer =
        "error in " + value.definition() + ": could not load config key `" + shown(key) + "`";
    return new KilnException(outer, null, why);
  }

  /// Returns Cargo's failure of a key whose value has another type than the one expected.
  static KilnException wrongType(ConfigValue value, String expected, String... key) {
    return new KilnException(
        "error in "
            + value.definition()
            + ": `"
            + shown(key)
            + "` expected "
            + expected
            + ", but found a "
            + value.description());
  }

  /// Returns a key as Cargo's messages have it: parts that are no bare keys of TOML are quoted.
  static String shown(String... key) {
    var shown = new StringBuilder();
    for (var part : key) {
      shown.append(shown.isEmpty() ? "" : ".");
      boolean isBare = part.matches("[A-Za-z0-9_-]*");
      var quote = isBare ? "" : part.contains("\"") ? "'" : "\"";
      shown.append(quote).append(part).append(quote);
    }
    return shown.toString();
  }
}
