package dev.kiln.manifest;

import java.util.List;
import java.util.Set;

/// Warns of cfgs that say nothing where dependencies are chosen (Cargo: `check_cfg_attributes`).
final class PlatformWarnings {
  private static final Set<String> USELESS = Set.of("test", "debug_assertions", "proc_macro");

  private PlatformWarnings() {}

  static void of(CfgExpr expr, List<String> warnings) {
    switch (expr) {
      case CfgExpr.All(var parts) -> parts.forEach(part -> of(part, warnings));
      case CfgExpr.Any(var parts) -> parts.forEach(part -> of(part, warnings));
      case CfgExpr.Not(var part) -> of(part, warnings);
      case CfgExpr.Constant _ -> {}
      case CfgExpr.Value(CfgExpr.Cfg(var name, var value), _) -> {
        if (value == null && USELESS.contains(name)) {
          warnings.add(
              "Found `"
                  + name
                  + "` in `target.'cfg(...)'.dependencies`. This value is not supported for"
                  + " selecting dependencies and will not work as expected. To learn more visit"
                  + " https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html"
                  + "#platform-specific-dependencies");
        } else if (value != null && name.equals("feature")) {
          warnings.add(
              "Found `feature = ...` in `target.'cfg(...)'.dependencies`. This key is not supported"
                  + " for selecting dependencies and will not work as expected. Use the [features]"
                  + " section instead: https://doc.rust-lang.org/cargo/reference/features.html");
        }
      }
    }
  }
}
