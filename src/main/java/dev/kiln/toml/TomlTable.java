package dev.kiln.toml;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A table of a TOML file: keys in the file's order, values with positions.
public final class TomlTable {
  private final TomlFile file;
  private final SequencedMap<String, TomlValue> entries;
  private final int line;
  private final int column;

  TomlTable(TomlFile file, SequencedMap<String, TomlValue> entries, int line, int column) {
    this.file = file;
    this.entries = Collections.unmodifiableSequencedMap(entries);
    this.line = line;
    this.column = column;
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }

  public Set<String> keys() {
    return entries.keySet();
  }

  public Set<Map.Entry<String, TomlValue>> entries() {
    return entries.entrySet();
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  public boolean has(String key) {
    return entries.containsKey(key);
  }

  /// Returns a value, or null where the key is absent.
  public @Nullable TomlValue value(String key) {
    return entries.get(key);
  }

  /// Returns a string, or null where the key is absent.
  public @Nullable String string(String key) throws TomlError {
    var value = entries.get(key);
    return value == null ? null : value.string();
  }

  /// Returns a boolean, or null where the key is absent.
  public @Nullable Boolean bool(String key) throws TomlError {
    var value = entries.get(key);
    return value == null ? null : value.bool();
  }

  /// Returns an integer, or null where the key is absent.
  public @Nullable Long integer(String key) throws TomlError {
    var value = entries.get(key);
    return value == null ? null : value.integer();
  }

  /// Returns a table, or null where the key is absent.
  public @Nullable TomlTable table(String key) throws TomlError {
    var value = entries.get(key);
    return value == null ? null : value.table();
  }

  /// Returns an array's values, or null where the key is absent.
  public @Nullable List<TomlValue> array(String key) throws TomlError {
    var value = entries.get(key);
    return value == null ? null : value.array();
  }

  /// Returns an array of strings, or null where the key is absent.
  public @Nullable List<String> strings(String key) throws TomlError {
    var value = entries.get(key);
    return value == null ? null : value.strings();
  }

  /// Returns a failure at the table's place.
  public TomlError failure(String message) {
    return new TomlError(file, line, column, message, null);
  }

  /// Returns where the table stands: `path:line`.
  public String place() {
    return file.path() + ":" + line;
  }
}
