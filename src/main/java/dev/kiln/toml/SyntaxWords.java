package dev.kiln.toml;

import org.tomlj.TomlParseError;

/// Says a syntax error in the words of Cargo's parser where the case is plain, else in tomlj's.
final class SyntaxWords {
  private SyntaxWords() {}

  static String ofCargo(TomlFile file, TomlParseError error) {
    var message = String.valueOf(error.getMessage());
    if (message.contains(" previously defined at ")) {
      return "duplicate key";
    }
    if (message.endsWith(", expected . or =")) {
      return "key with no value, expected `=`";
    }
    if (message.equals("Unexpected end of line, expected ]")) {
      return "unclosed table, expected `]`";
    }
    if (message.contains("; the array opened at ")) {
      return "unclosed array, expected `]`";
    }
    if (message.equals("Leading zeros are not allowed")) {
      return "unexpected leading zero, expected nothing";
    }
    if (message.startsWith("Unexpected end of line, expected \" or a character")) {
      return "invalid basic string, expected `\"`";
    }
    if (message.startsWith("Unexpected end of line, expected ' or a character")) {
      return "invalid literal string, expected `'`";
    }
    if (message.endsWith("expected a value") || message.endsWith("a newline or end-of-input")) {
      return "string values must be quoted, expected literal string";
    }
    return message.isEmpty() ? "malformed TOML in " + file.path() : message;
  }
}
