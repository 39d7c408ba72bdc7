package dev.kiln.json;

import java.util.Iterator;
import java.util.function.Consumer;

/// Writes values with the escapes that serde and nlohmann use: the short ones, four hexadecimal
/// digits for other control characters, everything else as it is.
final class JsonWriter {
  private final StringBuilder text = new StringBuilder();
  private final boolean pretty;
  private int depth;

  JsonWriter(boolean pretty) {
    this.pretty = pretty;
  }

  String write(Json value) {
    value(value);
    return text.toString();
  }

  private void value(Json value) {
    switch (value) {
      case Json.Obj(var fields) ->
          group(
              '{',
              '}',
              fields.entrySet().iterator(),
              field -> {
                string(field.getKey());
                text.append(pretty ? ": " : ":");
                value(field.getValue());
              });
      case Json.Arr(var items) -> group('[', ']', items.iterator(), this::value);
      case Json.Str(var string) -> string(string);
      case Json.Num(var number) -> text.append(number);
      case Json.Bool(var bool) -> text.append(bool);
      case Json.Null _ -> text.append("null");
    }
  }

  private <T> void group(char open, char close, Iterator<T> items, Consumer<T> item) {
    text.append(open);
    if (items.hasNext()) {
      depth++;
      line();
      item.accept(items.next());
      while (items.hasNext()) {
        text.append(',');
        line();
        item.accept(items.next());
      }
      depth--;
      line();
    }
    text.append(close);
  }

  private void line() {
    if (pretty) {
      text.append('\n').repeat("  ", depth);
    }
  }

  private void string(String value) {
    text.append('"');
    for (var i = 0; i < value.length(); i++) {
      var c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\b' -> text.append("\\b");
        case '\f' -> text.append("\\f");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < ' ') {
            text.append(c < 16 ? "\\u000" : "\\u00").append(Integer.toHexString(c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}
