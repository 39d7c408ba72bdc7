package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.util.ArrayList;
import java.util.List;

/// The grammar of `cfg(…)`: all, any, not, names, `name = "value"`, true, false, raw identifiers.
final class CfgParser {
  private final String text;
  private int at;

  CfgParser(String text) {
    this.text = text;
  }

  CfgExpr parse() throws KilnException {
    var expr = expression();
    skipSpace();
    if (at < text.length()) {
      throw unexpected();
    }
    return expr;
  }

  private CfgExpr expression() throws KilnException {
    skipSpace();
    boolean raw = text.startsWith("r#", at);
    if (raw) {
      at += 2;
    }
    var name = identifier();
    skipSpace();
    if (!raw && peek('(')) {
      at++;
      return switch (name) {
        case "all" -> new CfgExpr.All(list());
        case "any" -> new CfgExpr.Any(list());
        case "not" -> {
          var parts = list();
          if (parts.size() != 1) {
            throw new KilnException("expected one predicate in `not(…)` of `cfg(" + text + ")`");
          }
          yield new CfgExpr.Not(parts.getFirst());
        }
        default -> throw unexpected();
      };
    }
    if (!raw && List.of("all", "any", "not").contains(name)) {
      throw unexpected();
    }
    if (peek('=')) {
      at++;
      skipSpace();
      if (!peek('"')) {
        throw unexpected();
      }
      int end = text.indexOf('"', at + 1);
      if (end < 0) {
        throw new KilnException("unterminated string in `cfg(" + text + ")`");
      }
      var value = text.substring(at + 1, end);
      at = end + 1;
      return new CfgExpr.Value(new CfgExpr.Cfg(name, value), raw);
    }
    if (name.equals("true") || name.equals("false")) {
      return new CfgExpr.Constant(name.equals("true"));
    }
    return new CfgExpr.Value(new CfgExpr.Cfg(name, null), raw);
  }

  private List<CfgExpr> list() throws KilnException {
    var parts = new ArrayList<CfgExpr>();
    skipSpace();
    while (!peek(')')) {
      parts.add(expression());
      skipSpace();
      if (peek(',')) {
        at++;
        skipSpace();
      } else if (!peek(')')) {
        throw unexpected();
      }
    }
    at++;
    return List.copyOf(parts);
  }

  private String identifier() throws KilnException {
    int start = at;
    while (at < text.length() && (isAsciiAlphanumeric(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    if (start == at || Character.isDigit(text.charAt(start))) {
      at = start;
      throw unexpected();
    }
    return text.substring(start, at);
  }

  private static boolean isAsciiAlphanumeric(char c) {
    return c < 128 && Character.isLetterOrDigit(c);
  }

  private boolean peek(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private KilnException unexpected() {
    return new KilnException(
        "failed to parse `cfg("
            + text
            + ")`: unexpected "
            + (at < text.length() ? "`" + text.charAt(at) + "`" : "end")
            + " at character "
            + (at + 1));
  }
}
