package dev.kiln.resolve;

import dev.kiln.KilnException;
import java.util.regex.Pattern;

/// A pattern of `-p`, `--exclude` and `--bin`: `*`, `?`, `[abc]`, `[!a-z]` (the crate `glob`).
public final class Glob {
  private final String text;
  private final Pattern regex;

  private Glob(String text, Pattern regex) {
    this.text = text;
    this.regex = regex;
  }

  /// Says whether a word is a pattern rather than a name.
  public static boolean isPattern(String word) {
    return word.chars().anyMatch(c -> "*?[]".indexOf(c) >= 0);
  }

  /// Parses a pattern.
  public static Glob parse(String text) throws KilnException {
    var regex = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (c == '[') {
        boolean negated = text.startsWith("!", at + 1);
        int from = at + (negated ? 2 : 1);
        int end = text.indexOf(']', from + 1);
        if (end < 0) {
          throw new KilnException("cannot build glob pattern from `" + text + "`");
        }
        regex.append(negated ? "[^" : "[").append(members(text.substring(from, end))).append(']');
        at = end;
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
      at++;
    }
    return new Glob(text, Pattern.compile(regex.toString(), Pattern.DOTALL));
  }

  private static String members(String text) {
    var members = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean range = c == '-' && i > 0 && i < text.length() - 1;
      members.append(range || Character.isLetterOrDigit(c) ? String.valueOf(c) : "\\" + c);
    }
    return members.toString();
  }

  public boolean matches(String name) {
    return regex.matcher(name).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
