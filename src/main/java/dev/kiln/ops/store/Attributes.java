package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.json.Json;
import dev.kiln.store.derivation.Derivation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a derivation asks of whoever builds it, in its variables or its structured attributes
/// (nix-store.md §17.1, §19; Nix: `ParsedDerivation`).
final class Attributes {
  private static final ByteString STRUCTURED = ByteString.of("__json");

  private final Derivation derivation;
  private final @Nullable Json json;

  Attributes(Derivation derivation) throws KilnException {
    this.derivation = derivation;
    var text = derivation.environment().get(STRUCTURED);
    this.json = text == null ? null : Json.parse(text.bytes());
  }

  boolean isStructured() {
    return json != null;
  }

  /// Returns the structured attributes.
  Optional<Json> findJson() {
    return Optional.ofNullable(json);
  }

  /// Returns a list of words: a JSON list, or a variable split at white space.
  Optional<List<String>> findWords(String name) throws KilnException {
    if (json != null) {
      var found = json.find(name);
      return found.isPresent() ? Optional.of(words(found.get())) : Optional.empty();
    }
    var text = derivation.environment().get(ByteString.of(name));
    return text == null ? Optional.empty() : Optional.of(split(text.toString()));
  }

  /// Answers whether a switch is set: a JSON `true`, or a variable that is `1`.
  boolean has(String name) throws KilnException {
    if (json != null) {
      var found = json.find(name);
      return found.isPresent() && found.get().asBoolean();
    }
    var text = derivation.environment().get(ByteString.of(name));
    return text != null && text.toString().equals("1");
  }

  static List<String> words(Json json) throws KilnException {
    if (json instanceof Json.Str(var text)) {
      return split(text);
    }
    var words = new ArrayList<String>();
    for (var word : json.asArray()) {
      words.add(word.asString());
    }
    return words;
  }

  private static List<String> split(String text) {
    return Arrays.stream(text.split("[ \t\n\r]+", -1)).filter(word -> !word.isEmpty()).toList();
  }
}
