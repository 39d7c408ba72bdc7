package dev.kiln.toml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Reads back what [TomlEncoder] wrote.
final class TomlDecoder {
  private final TomlFile file;
  private final String encoded;
  private int at;

  TomlDecoder(TomlFile file, String encoded) {
    this.file = file;
    this.encoded = encoded;
  }

  TomlTable table() {
    int line = number();
    int column = number();
    int size = number();
    var entries = LinkedHashMap.<String, TomlValue>newLinkedHashMap(size);
    for (int i = 0; i < size; i++) {
      var key = text();
      entries.put(key, value());
    }
    return new TomlTable(file, entries, line, column);
  }

  private TomlValue value() {
    boolean keyed = encoded.charAt(at++) == 'k';
    int line = number();
    int column = number();
    char type = encoded.charAt(at++);
    Object value =
        switch (type) {
          case 's' -> text();
          case 'i' -> Long.valueOf(text());
          case 'd' -> Double.valueOf(text());
          case '+' -> true;
          case '-' -> false;
          case 'a' -> list();
          case 't' -> table();
          default -> throw new IllegalStateException("no type is " + type);
        };
    return new TomlValue(file, value, line, column, keyed);
  }

  private List<TomlValue> list() {
    int size = number();
    var items = new ArrayList<TomlValue>(size);
    for (int i = 0; i < size; i++) {
      items.add(value());
    }
    return List.copyOf(items);
  }

  private int number() {
    int number = 0;
    for (char c = encoded.charAt(at++); c != ' '; c = encoded.charAt(at++)) {
      number = number * 10 + (c - '0');
    }
    return number;
  }

  private String text() {
    int length = number();
    at += length;
    return encoded.substring(at - length, at);
  }
}
