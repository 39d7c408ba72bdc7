package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.manifest.ConfigValue.Definition.Origin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Holds a section of the configuration against its shape, since Cargo reads sections as a whole: a
/// wrong type anywhere in one is an error, an unknown key is warned of (Cargo: util/context/de.rs).
public final class ConfigCheck {
  private final CargoConfig config;
  private final Consumer<String> warnings;

  private ConfigCheck(CargoConfig config, Consumer<String> warnings) {
    this.config = config;
    this.warnings = warnings;
  }

  /// Checks what is at `section`, and below it at the other parts of the key.
  public static void check(
      CargoConfig config, Consumer<String> warnings, String section, String... more)
      throws KilnException {
    var shape = ConfigShape.of(section);
    var key = new ArrayList<>(List.of(section));
    for (var part : more) {
      key.add(part);
      shape = shape instanceof ConfigShape.Each(var item) ? item : shape;
    }
    new ConfigCheck(config, warnings).check(shape, key.toArray(String[]::new));
  }

  private static final Map<String, String> OF_TARGET =
      Map.of("runner", "command", "linker", "path", "rustflags", "words");

  /// Checks `runner`, `linker` and `rustflags` of every table of `[target]`, which Cargo reads
  /// together.
  public static void checkTargets(CargoConfig config, Consumer<String> warnings)
      throws KilnException {
    var check = new ConfigCheck(config, warnings);
    for (var table : config.table("target").entrySet()) {
      if (table.getValue() instanceof ConfigValue.Table(var keys, _)) {
        for (var kind : OF_TARGET.entrySet()) {
          if (keys.containsKey(kind.getKey())) {
            check.located(kind.getValue(), "target", table.getKey(), kind.getKey());
          }
        }
        for (var key : keys.keySet()) {
          if (table.getKey().startsWith("cfg(") && !OF_TARGET.containsKey(key)) {
            warnings.accept(
                "unused key `" + key + "` in [target] config table `" + table.getKey() + "`");
          }
        }
      }
    }
  }

  private void check(ConfigShape shape, String... key) throws KilnException {
    switch (shape) {
      case ConfigShape.Plain plain -> {
        switch (plain) {
          case TEXT -> text(key);
          case PATH -> located("path", key);
          case BOOL -> {
            var _ = config.bool(key);
          }
          case WORDS -> words(key);
          case COMMAND -> located("command", key);
          case ANY -> {}
        }
      }
      case ConfigShape.Whole whole -> whole(whole, key);
      case ConfigShape.Word(var words) -> word(words, key);
      case ConfigShape.Struct struct -> struct(struct, key);
      case ConfigShape.Each(var item) -> {
        for (var name : table(key)) {
          check(item, with(key, name));
        }
      }
      case ConfigShape.OneOf oneOf -> oneOf(oneOf, key);
    }
  }

  private static String[] with(String[] key, String part) {
    var longer = Arrays.copyOf(key, key.length + 1);
    longer[key.length] = part;
    return longer;
  }

  private Set<String> table(String... key) throws KilnException {
    return switch (config.value(key)) {
      case null -> Set.of();
      case ConfigValue.Table table -> table.values().keySet();
      case ConfigValue other -> throw invalidKey("table", other, key);
    };
  }

  private static KilnException invalidKey(String wanted, ConfigValue found, String... key) {
    return new KilnException(
        "invalid configuration for key `"
            + CargoConfig.shown(key)
            + "`\nexpected a "
            + wanted
            + ", but found a "
            + found.description()
            + " for `"
            + CargoConfig.shown(key)
            + "` in "
            + found.definition());
  }

  private void struct(ConfigShape.Struct struct, String... key) throws KilnException {
    var present = new TreeSet<>(table(key));
    for (var name : present) {
      if (!struct.fields().containsKey(name)) {
        var value = config.value(with(key, name));
        warnings.accept(
            "unused config key `"
                + CargoConfig.shown(with(key, name))
                + "` in `"
                + (value == null ? "" : value.definition())
                + "`");
      }
    }
    for (var field : struct.fields().entrySet()) {
      var inner = with(key, field.getKey());
      if (present.contains(field.getKey())
          || config.environment().containsKey(CargoConfig.environmentName(inner))
          || config.hasVariablesUnder(inner)) {
        check(field.getValue(), inner);
      }
    }
  }

  private void text(String... key) throws KilnException {
    var value = config.layered(key);
    if (value != null && !(value instanceof ConfigValue.Text)) {
      throw CargoConfig.wrongType(value, "a string", key);
    }
  }

  /// A value that knows its place is read twice over: once for the place, once for itself.
  private void located(String kind, String... key) throws KilnException {
    try {
      switch (kind) {
        case "path" -> text(key);
        case "words" -> words(key);
        default -> command(key);
      }
    } catch (KilnException e) {
      throw notLoaded(e, key);
    }
  }

  private void command(String... key) throws KilnException {
    try {
      words(key);
    } catch (KilnException e) {
      throw notLoaded(e, key);
    }
    var words = config.strings(key);
    if (words != null && words.isEmpty()) {
      throw new KilnException("invalid length 0, expected at least one element");
    }
  }

  private KilnException notLoaded(KilnException why, String... key) {
    var value = config.layered(key);
    return value == null ? why : CargoConfig.notLoaded(value, why, key);
  }

  private void words(String... key) throws KilnException {
    switch (config.value(key)) {
      case null -> {}
      case ConfigValue.Text _ -> {}
      case ConfigValue.Items list -> {
        for (var item : list.values()) {
          if (!(item instanceof ConfigValue.Text)) {
            throw CargoConfig.wrongType(item, "string", key);
          }
        }
      }
      case ConfigValue other -> throw invalidKey("string or array of strings", other, key);
    }
  }

  private void whole(ConfigShape.Whole whole, String... key) throws KilnException {
    var number = config.integer(key);
    if (number != null && (number < whole.least() || number > whole.most())) {
      throw notLoaded(
          new KilnException("invalid value: integer `" + number + "`, expected " + whole.type()),
          key);
    }
  }

  private void word(List<String> words, String... key) throws KilnException {
    text(key);
    var value = config.string(key);
    if (value != null && !words.contains(value.value())) {
      var quoted = words.stream().map(word -> "`" + word + "`").toList();
      throw notLoaded(
          new KilnException(
              "unknown variant `"
                  + value.value()
                  + "`, expected "
                  + (quoted.size() == 2
                      ? String.join(" or ", quoted)
                      : "one of " + String.join(", ", quoted))),
          key);
    }
  }

  private void oneOf(ConfigShape.OneOf oneOf, String... key) throws KilnException {
    var value = config.layered(key);
    var fault = value == null ? null : fault(oneOf, value, key);
    if (value != null && fault != null) {
      var why = CargoConfig.notLoaded(value, fault, key);
      throw oneOf.located() ? CargoConfig.notLoaded(value, why, key) : why;
    }
  }

  private @Nullable KilnException fault(ConfigShape.OneOf oneOf, ConfigValue value, String... key) {
    boolean fits =
        switch (value) {
          case ConfigValue.Text text ->
              oneOf.text() || text.definition().origin() == Origin.ENVIRONMENT;
          case ConfigValue.Number _ -> oneOf.whole();
          case ConfigValue.Items _ -> oneOf.list();
          case ConfigValue.Table _ -> oneOf.struct() != null;
          case ConfigValue.Bool _ -> false;
        };
    if (!fits) {
      return new KilnException(
          "invalid type: " + value.literal() + ", expected " + oneOf.expected());
    }
    try {
      if (value instanceof ConfigValue.Table && oneOf.struct() != null) {
        struct(oneOf.struct(), key);
      }
      return null;
    } catch (KilnException e) {
      return e;
    }
  }
}
