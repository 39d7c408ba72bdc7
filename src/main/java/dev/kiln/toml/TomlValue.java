package dev.kiln.toml;

import java.util.ArrayList;
import java.util.List;

/// One value of a TOML file and where it stands. Getters name what was expected in the words of
/// Cargo (serde), with the place.
public final class TomlValue {
  private final TomlFile file;
  private final Object value;
  private final int line;
  private final int column;
  private final boolean keyed;

  /// `keyed` says that the position is that of the key, not of the value.
  TomlValue(TomlFile file, Object value, int line, int column, boolean keyed) {
    this.file = file;
    this.value = value;
    this.line = line;
    this.column = column;
    this.keyed = keyed;
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }

  boolean isKeyed() {
    return keyed;
  }

  public boolean isString() {
    return value instanceof String;
  }

  public boolean isBool() {
    return value instanceof Boolean;
  }

  public boolean isInteger() {
    return value instanceof Long;
  }

  public boolean isArray() {
    return value instanceof List<?>;
  }

  public boolean isTable() {
    return value instanceof TomlTable;
  }

  public String string() throws TomlError {
    return string("a string");
  }

  /// Returns the string, or fails naming what else was expected.
  public String string(String expected) throws TomlError {
    if (value instanceof String string) {
      return string;
    }
    throw invalidType(expected);
  }

  public boolean bool() throws TomlError {
    if (value instanceof Boolean bool) {
      return bool;
    }
    throw invalidType("a boolean");
  }

  public long integer() throws TomlError {
    return integer("an integer");
  }

  /// Returns the integer, or fails naming what else was expected.
  public long integer(String expected) throws TomlError {
    if (value instanceof Long number) {
      return number;
    }
    throw invalidType(expected);
  }

  public TomlTable table() throws TomlError {
    return table("a map");
  }

  /// Returns the table, or fails naming what was expected (serde's `struct NAME`, say).
  public TomlTable table(String expected) throws TomlError {
    if (value instanceof TomlTable table) {
      return table;
    }
    throw invalidType(expected);
  }

  public List<TomlValue> array() throws TomlError {
    return array("a sequence");
  }

  /// Returns the values of an array, or fails naming what was expected.
  public List<TomlValue> array(String expected) throws TomlError {
    if (value instanceof List<?> list) {
      var items = new ArrayList<TomlValue>(list.size());
      for (var item : list) {
        items.add((TomlValue) item);
      }
      return items;
    }
    throw invalidType(expected);
  }

  public List<String> strings() throws TomlError {
    return strings("a sequence");
  }

  /// Returns the strings of an array, or fails naming what was expected instead of the array.
  public List<String> strings(String expected) throws TomlError {
    var strings = new ArrayList<String>();
    for (var item : array(expected)) {
      strings.add(item.string());
    }
    return strings;
  }

  /// Returns the failure "invalid type: …, expected …" at this value.
  public TomlError invalidType(String expected) {
    return failure("invalid type: " + described() + ", expected " + expected);
  }

  /// Returns a failure at this value.
  public TomlError failure(String message) {
    return new TomlError(file, line, keyed ? valueColumn() : column, message, null);
  }

  /// Returns where the value stands: `path:line`.
  public String place() {
    return file.path() + ":" + line;
  }

  /// Returns the value as serde names an unexpected one.
  public String described() {
    return switch (value) {
      case String string -> "string " + Json.quote(string);
      case Long number -> "integer `" + number + "`";
      case Double number -> "floating point `" + number + "`";
      case Boolean bool -> "boolean `" + bool + "`";
      case List<?> _ -> "sequence";
      default -> "map";
    };
  }

  /// Returns the name of the value's type in TOML.
  public String typeName() {
    return switch (value) {
      case String _ -> "string";
      case Long _ -> "integer";
      case Double _ -> "float";
      case Boolean _ -> "boolean";
      case List<?> _ -> "array";
      case TomlTable _ -> "table";
      default -> "datetime";
    };
  }

  /// Returns the value as JSON text, tables with sorted keys (Cargo: `toml::Table` is a sorted
  /// map).
  public String toJson() {
    var out = new StringBuilder();
    Json.write(this, out);
    return out.toString();
  }

  Object raw() {
    return value;
  }

  /// Finds the value behind its key: tomlj keeps the key's position only.
  private int valueColumn() {
    var text = file.text().lines().skip(line - 1L).findFirst().orElse("");
    if (column > text.length() || text.stripLeading().startsWith("[")) {
      return column;
    }
    char quote = 0;
    for (int i = column - 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '=') {
        int at = i + 1;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
          at++;
        }
        return at + 1;
      }
    }
    return column;
  }
}
