package dev.kiln.report;

import dev.kiln.manifest.CfgExpr;
import dev.kiln.manifest.Platform;
import java.util.Comparator;
import java.util.List;

/// The order that Cargo's derived `Ord` gives platforms: names before predicates; predicates by
/// their kind (not, all, any, values, constants), values without `=` first.
enum PlatformOrder implements Comparator<Platform> {
  INSTANCE;

  @Override
  public int compare(Platform left, Platform right) {
    return switch (left) {
      case Platform.Named(var name) ->
          right instanceof Platform.Named(var other) ? name.compareTo(other) : -1;
      case Platform.Predicate(var expr, _) ->
          right instanceof Platform.Predicate(var other, _) ? compare(expr, other) : 1;
    };
  }

  private static int compare(CfgExpr left, CfgExpr right) {
    int kinds = Integer.compare(kind(left), kind(right));
    if (kinds != 0) {
      return kinds;
    }
    return switch (left) {
      case CfgExpr.Not(var part) when right instanceof CfgExpr.Not(var other) ->
          compare(part, other);
      case CfgExpr.All(var parts) when right instanceof CfgExpr.All(var others) ->
          compare(parts, others);
      case CfgExpr.Any(var parts) when right instanceof CfgExpr.Any(var others) ->
          compare(parts, others);
      default -> left.text().compareTo(right.text());
    };
  }

  private static int compare(List<CfgExpr> left, List<CfgExpr> right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int order = compare(left.get(i), right.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  private static int kind(CfgExpr expr) {
    return switch (expr) {
      case CfgExpr.Not _ -> 0;
      case CfgExpr.All _ -> 1;
      case CfgExpr.Any _ -> 2;
      case CfgExpr.Value value -> value.cfg().value() == null ? 3 : 4;
      case CfgExpr.Constant constant -> constant.value() ? 5 : 6;
    };
  }
}
