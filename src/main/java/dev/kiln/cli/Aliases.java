package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.ConfigValue;
import dev.kiln.ops.Settings;
import dev.kiln.ops.Surroundings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `[alias]` table of Cargo's configuration: words that stand for arguments.
final class Aliases {
  private Aliases() {}

  /// Returns what a word stands for, empty where it is no alias.
  static List<String> expand(String word, Settings settings) throws KilnException {
    if (!word.matches("[\\w-]+")) {
      return List.of();
    }
    var words = words(Surroundings.config(settings), word);
    if (words == null) {
      return List.of();
    }
    if (words.isEmpty()) {
      throw new KilnException("subcommand is required, but `alias.%s` is empty".formatted(word));
    }
    return words.stream().map(CargoConfig.Located::value).toList();
  }

  /// Says whether an alias of the name is there, which a built-in command then outdoes.
  static boolean isShadowed(String word, Settings settings) throws KilnException {
    return Surroundings.config(settings).value("alias", word) != null;
  }

  private static @Nullable List<CargoConfig.Located> words(CargoConfig config, String word)
      throws KilnException {
    return switch (config.value("alias", word)) {
      case ConfigValue.Items items -> {
        requireStrings(items, word);
        yield config.strings("alias", word);
      }
      case ConfigValue.Text _ -> config.strings("alias", word);
      case null -> config.strings("alias", word);
      case ConfigValue _ ->
          throw new KilnException("invalid configuration for key `alias.%s`".formatted(word));
    };
  }

  private static void requireStrings(ConfigValue.Items items, String word) throws KilnException {
    for (int i = 0; i < items.values().size(); i++) {
      var item = items.values().get(i);
      if (!(item instanceof ConfigValue.Text)) {
        throw new KilnException(
            "error in %s: failed to parse config at `alias.%s[%d]`"
                .formatted(item.definition(), word, i),
            null,
            new KilnException("invalid type: %s, expected a string".formatted(item.literal())));
      }
    }
  }

  /// Returns the aliases on the way with one more, which must be new (Cargo: `aliased_command`).
  static List<String> withOne(List<String> aliases, String word) throws KilnException {
    var longer = new ArrayList<>(aliases);
    longer.add(word);
    if (aliases.contains(word)) {
      throw new KilnException(
          "alias %s has unresolvable recursive definition: %s"
              .formatted(aliases.getFirst(), String.join(" -> ", longer)),
          "change the `[alias]` table of the configuration");
    }
    return longer;
  }
}
