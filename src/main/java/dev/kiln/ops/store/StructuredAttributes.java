package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The shell's view of structured attributes: `.attrs.sh` (nix-store.md §17.1).
final class StructuredAttributes {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern INTEGER = Pattern.compile("-?\\d+");
  private static final Pattern WHOLE = Pattern.compile("(-?\\d+)\\.0+");

  private StructuredAttributes() {}

  static String shell(SortedMap<String, Json> attributes) {
    var text = new StringBuilder();
    for (var attribute : attributes.entrySet()) {
      if (NAME.matcher(attribute.getKey()).matches()) {
        declaration(attribute.getKey(), attribute.getValue()).ifPresent(text::append);
      }
    }
    return text.toString();
  }

  private static Optional<String> declaration(String name, Json value) {
    return switch (value) {
      case Json.Arr(var items) ->
          list(items).map(text -> "declare -a " + name + "=(" + text + ")\n");
      case Json.Obj(var fields) ->
          map(fields).map(text -> "declare -A " + name + "=(" + text + ")\n");
      default -> simple(value).map(text -> "declare " + name + "=" + text + "\n");
    };
  }

  private static Optional<String> list(List<Json> items) {
    var words = new ArrayList<String>();
    for (var item : items) {
      var word = simple(item);
      if (word.isEmpty()) {
        return Optional.empty();
      }
      words.add(word.get() + " ");
    }
    return Optional.of(String.join("", words));
  }

  private static Optional<String> map(Map<String, Json> fields) {
    var words = new ArrayList<String>();
    for (var field : fields.entrySet()) {
      var word = simple(field.getValue());
      if (word.isEmpty()) {
        return Optional.empty();
      }
      words.add("[" + quoted(field.getKey()) + "]=" + word.get() + " ");
    }
    return Optional.of(String.join("", words));
  }

  /// A text, a whole number, null or a truth; nothing for what a shell has no word for.
  private static Optional<String> simple(Json value) {
    return switch (value) {
      case Json.Str(var text) -> Optional.of(quoted(text));
      case Json.Num(var text) -> number(text);
      case Json.Null() -> Optional.of("''");
      case Json.Bool(var isTrue) -> Optional.of(isTrue ? "1" : "");
      case Json.Arr _, Json.Obj _ -> Optional.empty();
    };
  }

  private static Optional<String> number(String text) {
    var whole = WHOLE.matcher(text);
    if (whole.matches()) {
      return Optional.of(whole.group(1));
    }
    return INTEGER.matcher(text).matches() ? Optional.of(text) : Optional.empty();
  }

  static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /// Returns the fields of an object, sorted as Nix sorts them.
  static SortedMap<String, Json> sorted(Json object) throws KilnException {
    return new TreeMap<>(object.asObject());
  }
}
