package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.ops.Settings;
import dev.kiln.ops.Surroundings;
import java.util.ArrayList;
import java.util.List;

/// The `[alias]` table of Cargo's configuration: words that stand for arguments.
final class Aliases {
  private Aliases() {}

  /// Returns what a word stands for, empty where it is no alias.
  static List<String> expand(String word, Settings settings) throws KilnException {
    if (!word.matches("[\\w-]+")) {
      return List.of();
    }
    var words = Surroundings.config(settings).strings("alias", word);
    return words == null ? List.of() : words.stream().map(CargoConfig.Located::value).toList();
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
