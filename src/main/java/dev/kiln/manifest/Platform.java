package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.util.Set;

/// The key of a `[target.KEY.dependencies]` table.
public sealed interface Platform {
  /// A target triple, or a custom target's name.
  record Named(String triple) implements Platform {
    @Override
    public String toString() {
      return triple;
    }
  }

  /// `cfg(…)`, with its text as Cargo prints it.
  record Predicate(CfgExpr expr, String text) implements Platform {
    @Override
    public String toString() {
      return text;
    }
  }

  /// Parses a table's key.
  static Platform parse(String key) throws KilnException {
    if (key.startsWith("cfg(") && key.endsWith(")")) {
      var expr = CfgExpr.parse(key.substring(4, key.length() - 1));
      return new Predicate(expr, "cfg(" + expr.text() + ")");
    }
    var odd = key.chars().filter(c -> !isAllowed(c)).findFirst();
    if (odd.isPresent()) {
      throw new KilnException(
          "invalid target specifier: unexpected character "
              + Character.toString(odd.getAsInt())
              + " in target name");
    }
    return new Named(key);
  }

  private static boolean isAllowed(int c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
  }

  /// Says whether the table counts for a platform of this name and these cfgs.
  default boolean matches(String triple, Set<CfgExpr.Cfg> cfgs) {
    return switch (this) {
      case Named named -> named.triple().equals(triple);
      case Predicate predicate -> predicate.expr().matches(cfgs);
    };
  }
}
