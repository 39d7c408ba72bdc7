package dev.kiln.toml;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a document's tables as [TomlDecoder] reads them: every value is `k` or `v` (its place is
/// its key's or its own), line, column, a letter for its type and its contents; numbers end with a
/// space, texts begin with their length.
final class TomlEncoder {
  private final StringBuilder out = new StringBuilder();

  private TomlEncoder() {}

  /// Returns the text, or null for a document that it has no letters for (one with a date).
  static @Nullable String encode(TomlFile file) {
    var encoder = new TomlEncoder();
    return encoder.table(file.root()) ? encoder.out.toString() : null;
  }

  private boolean table(TomlTable table) {
    number(table.line());
    number(table.column());
    number(table.entries().size());
    for (var entry : table.entries()) {
      text(entry.getKey());
      if (!value(entry.getValue())) {
        return false;
      }
    }
    return true;
  }

  private boolean value(TomlValue value) {
    out.append(value.isKeyed() ? 'k' : 'v');
    number(value.line());
    number(value.column());
    return switch (value.raw()) {
      case String string -> {
        out.append('s');
        text(string);
        yield true;
      }
      case Long number -> {
        out.append('i');
        text(number.toString());
        yield true;
      }
      case Double number -> {
        out.append('d');
        text(number.toString());
        yield true;
      }
      case Boolean bool -> {
        out.append(bool ? '+' : '-');
        yield true;
      }
      case List<?> list -> {
        out.append('a');
        number(list.size());
        yield list.stream().allMatch(item -> value((TomlValue) item));
      }
      case TomlTable table -> {
        out.append('t');
        yield table(table);
      }
      default -> false;
    };
  }

  private void number(int number) {
    out.append(number).append(' ');
  }

  private void text(String text) {
    number(text.length());
    out.append(text);
  }
}
