package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A `cfg(…)` predicate (Cargo: crates/cargo-platform).
public sealed interface CfgExpr {
  /// `all(…)`.
  record All(List<CfgExpr> parts) implements CfgExpr {}

  /// `any(…)`.
  record Any(List<CfgExpr> parts) implements CfgExpr {}

  /// `not(…)`.
  record Not(CfgExpr part) implements CfgExpr {}

  /// `name` or `name = "value"`; `raw` where the name is written `r#name`.
  record Value(Cfg cfg, boolean raw) implements CfgExpr {}

  /// `true` or `false`.
  record Constant(boolean value) implements CfgExpr {}

  /// One cfg that rustc prints: `unix`, or `target_os="linux"`.
  record Cfg(String name, @Nullable String value) {
    /// Parses a line of `rustc --print cfg`.
    public static Cfg parse(String line) {
      int equals = line.indexOf('=');
      if (equals < 0) {
        return new Cfg(line.strip(), null);
      }
      var value = line.substring(equals + 1).strip();
      return new Cfg(line.substring(0, equals).strip(), value.substring(1, value.length() - 1));
    }
  }

  /// Parses what stands between the parentheses of `cfg(…)`.
  static CfgExpr parse(String text) throws KilnException {
    return new CfgParser(text).parse();
  }

  /// Returns the predicate as Cargo prints it: one space after a comma and around `=`.
  default String text() {
    return switch (this) {
      case All all -> "all(" + join(all.parts()) + ")";
      case Any any -> "any(" + join(any.parts()) + ")";
      case Not not -> "not(" + not.part().text() + ")";
      case Value(Cfg(var name, var value), var raw) ->
          (raw ? "r#" : "") + name + (value == null ? "" : " = \"" + value + "\"");
      case Constant constant -> Boolean.toString(constant.value());
    };
  }

  private static String join(List<CfgExpr> parts) {
    return parts.stream().map(CfgExpr::text).collect(Collectors.joining(", "));
  }

  /// Says whether the predicate holds where rustc prints these cfgs.
  default boolean matches(Set<Cfg> cfgs) {
    return switch (this) {
      case All all -> all.parts().stream().allMatch(part -> part.matches(cfgs));
      case Any any -> any.parts().stream().anyMatch(part -> part.matches(cfgs));
      case Not not -> !not.part().matches(cfgs);
      case Value value -> cfgs.contains(value.cfg());
      case Constant constant -> constant.value();
    };
  }
}
