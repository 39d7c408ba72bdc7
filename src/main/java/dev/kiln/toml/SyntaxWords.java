package dev.kiln.toml;

import java.util.List;
import java.util.regex.Pattern;
import org.tomlj.TomlParseError;

/// Says a syntax error in the words of Cargo's parser where the case is plain, else in tomlj's.
final class SyntaxWords {
  private static final String UNQUOTED = "string values must be quoted, expected literal string";

  /// What tomlj's message contains, and what Cargo says instead.
  private record Words(Pattern pattern, String ofCargo) {}

  /// The first that fits counts.
  private static final List<Words> WORDS =
      List.of(
          words(
              "is not a table \\(previously",
              "cannot extend value of type string with a dotted key"),
          words(" previously defined at ", "duplicate key"),
          words(", expected \\. or =$", "key with no value, expected `=`"),
          words(", expected =$", "key with no value, expected `=`"),
          words("Unexpected '\\]', expected \\]\\] or \\.", "unclosed array table, expected `]`"),
          words(
              "Unexpected '\\]\\]', expected \\]",
              "unexpected key or value, expected newline, `#`"),
          words(", expected \\]$", "unclosed table, expected `]`"),
          words("; the array opened at ", "unclosed array, expected `]`"),
          words("; the inline table opened at ", "unclosed inline table, expected `}`"),
          words(
              "Invalid unicode escape",
              "too few unicode value digits, expected unicode hexadecimal value"),
          words(
              "expected a key, a table key|Empty table key",
              "unquoted keys cannot be empty, expected letters, numbers, `-`, `_`"),
          words(
              "expected \\], a comma, or a newline",
              "missing comma between array elements, expected `,`"),
          words(
              "expected }, a comma, or a newline",
              "extra assignment between key-value pairs, expected `,`"),
          words("Leading zeros are not allowed", "unexpected leading zero, expected nothing"),
          words("expected \" or a character", "invalid basic string, expected `\"`"),
          words("expected '( or a character)?$", "invalid literal string, expected `'`"),
          words("expected \"\"\" or a character", "invalid multi-line basic string, expected `\"`"),
          words("expected '''", "invalid multi-line literal string, expected `'`"),
          words(
              "Invalid escape sequence",
              "missing escaped value, expected `b`, `e`, `f`, `n`, `r`, `\\`, `\"`, `x`, `u`, `U`"),
          words(
              "Invalid unicode escape",
              "too few unicode value digits, expected unicode hexadecimal value"),
          words("Invalid month", "invalid date, expected month between 01 and 12"),
          words("Invalid day", "invalid date, expected day between 01 and 31"));

  private static Words words(String pattern, String ofCargo) {
    return new Words(Pattern.compile(pattern), ofCargo);
  }

  private SyntaxWords() {}

  static String ofCargo(TomlFile file, TomlParseError error) {
    var message = String.valueOf(error.getMessage());
    for (var words : WORDS) {
      if (words.pattern().matcher(message).find()) {
        return words.ofCargo();
      }
    }
    if (message.endsWith("expected a value") || message.endsWith("a newline or end-of-input")) {
      return ofValue(file.text(), error.position().line());
    }
    return message.isEmpty() ? "malformed TOML in " + file.path() : message;
  }

  /// Looks at the value of the line that does not parse.
  private static String ofValue(String text, int number) {
    var line = text.lines().skip(number - 1L).findFirst().orElse("");
    var value = line.substring(line.indexOf('=') + 1).strip();
    if (value.startsWith("=")) {
      return "extra `=`, expected nothing";
    }
    if (value.matches("(\"[^\"]*\"|'[^']*'|true\\b|false\\b|\\[.*]|\\{.*})\\s*\\S.*")) {
      return "unexpected key or value, expected newline, `#`";
    }
    if (value.startsWith("t") || value.startsWith("f")) {
      return "invalid boolean, expected `" + (value.startsWith("t") ? "true" : "false") + "`";
    }
    if (value.startsWith("n") || value.startsWith("i")) {
      return "invalid float, expected `" + (value.startsWith("n") ? "nan" : "inf") + "`";
    }
    if (value.startsWith("0x")) {
      return "invalid hexadecimal number";
    }
    if (value.matches("[0-9]+(__|_$).*")) {
      return "`_` may only go between digits";
    }
    if (value.startsWith(".")) {
      return "invalid mantissa, expected digits";
    }
    if (value.matches("[0-9]+\\.")) {
      return "invalid fraction, expected digits";
    }
    return value.matches("[0-9.]+[eE]") ? "invalid exponent, expected digits" : UNQUOTED;
  }
}
