package dev.kiln.toml;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlPosition;
import org.tomlj.TomlVersion;

/// A TOML 1.1 document: its tables as values that know where they stand, keys in the file's order.
///
/// Beyond tomlj a byte order mark is skipped, as Cargo does.
public final class TomlFile {
  private final Path path;
  private final String text;
  private final TomlTable root;

  private TomlFile(Path path, String text, String encoded) {
    this.path = path;
    this.text = text;
    this.root = new TomlDecoder(this, encoded).table();
  }

  private TomlFile(Path path, String text) throws TomlError {
    this.path = path;
    this.text = text;
    var parsed = Toml.parse(text, TomlVersion.V1_1_0);
    if (parsed.hasErrors()) {
      var first = parsed.errors().getFirst();
      throw syntaxError(first);
    }
    this.root = table(parsed, TomlPosition.positionAt(1, 1));
  }

  /// Reads a file; the message of a failure is Cargo's.
  public static TomlFile read(Path path) throws KilnException {
    return parse(path, readText(path));
  }

  /// Reads the text of a file that must be UTF-8.
  public static String readText(Path path) throws KilnException {
    try {
      return Files.readString(path);
    } catch (NoSuchFileException e) {
      throw new KilnException(
          "failed to read `" + path + "`",
          null,
          new KilnException("No such file or directory (os error 2)", null, e));
    } catch (CharacterCodingException e) {
      throw new KilnException(
          "failed to read `" + path + "`",
          null,
          new KilnException("stream did not contain valid UTF-8", null, e));
    } catch (IOException e) {
      var cause = Files.isDirectory(path) ? "Is a directory (os error 21)" : e.toString();
      throw new KilnException(
          "failed to read `" + path + "`", null, new KilnException(cause, null, e));
    }
  }

  /// Parses text; `path` names it in messages.
  public static TomlFile parse(Path path, String text) throws TomlError {
    return new TomlFile(path, withoutMark(text));
  }

  /// Returns the document that a [TomlEncoder] had written of the same text.
  static TomlFile decode(Path path, String text, String encoded) {
    return new TomlFile(path, withoutMark(text), encoded);
  }

  private static String withoutMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  public Path path() {
    return path;
  }

  public TomlTable root() {
    return root;
  }

  String text() {
    return text;
  }

  private TomlError syntaxError(TomlParseError error) {
    int line = error.position().line();
    int column = error.position().column();
    return new TomlError(this, line, column, SyntaxWords.ofCargo(this, error), error);
  }

  private TomlTable table(org.tomlj.TomlTable parsed, TomlPosition position) {
    var entries = LinkedHashMap.<String, TomlValue>newLinkedHashMap(parsed.size());
    for (var entry : parsed.entrySet()) {
      var at = parsed.inputPositionOf(List.of(entry.getKey()));
      entries.put(entry.getKey(), value(entry.getValue(), at == null ? position : at, true));
    }
    return new TomlTable(this, entries, position.line(), position.column());
  }

  private TomlValue value(Object parsed, TomlPosition at, boolean keyed) {
    Object value =
        switch (parsed) {
          case org.tomlj.TomlTable table -> table(table, at);
          case TomlArray array -> {
            var items = new ArrayList<TomlValue>(array.size());
            for (int i = 0; i < array.size(); i++) {
              var inner = array.inputPositionOf(i);
              items.add(value(array.get(i), inner == null ? at : inner, false));
            }
            yield List.copyOf(items);
          }
          default -> parsed;
        };
    return new TomlValue(this, value, at.line(), at.column(), keyed);
  }
}
