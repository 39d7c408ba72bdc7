package dev.kiln.toml;

import dev.kiln.KilnException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A failure at one place of a TOML file: the message's first line is Cargo's, then the place and
/// the line itself. Apart from other failures because Cargo shows it without the sentence "failed
/// to parse manifest" around it.
public final class TomlError extends KilnException {
  private static final long serialVersionUID = 1L;

  TomlError(TomlFile file, int line, int column, String message, @Nullable Throwable cause) {
    super(located(file, line, column, message), null, cause);
  }

  private static String located(TomlFile file, int line, int column, String message) {
    var number = Integer.toString(line);
    var margin = " ".repeat(number.length());
    List<String> lines = file.text().lines().toList();
    var text = line <= lines.size() ? lines.get(line - 1) : "";
    return message
        + ("\n" + margin + "--> " + file.path() + ":" + line + ":" + column)
        + ("\n" + margin + " |")
        + ("\n" + number + " | " + text)
        + ("\n" + margin + " | " + " ".repeat(Math.max(0, column - 1)) + "^");
  }
}
