package dev.kiln.manifest;

/// One entry of a feature's list (Cargo: workspace/summary.rs `FeatureValue`).
public sealed interface FeatureValue {
  /// Another feature of the same package.
  record Feature(String name) implements FeatureValue {}

  /// `dep:NAME`: an optional dependency by its key.
  record Dep(String key) implements FeatureValue {}

  /// `NAME/FEATURE`, or `NAME?/FEATURE` where `weak`.
  record DepFeature(String key, String feature, boolean weak) implements FeatureValue {}

  /// Parses the text of a list's entry or of `--features`.
  static FeatureValue parse(String text) {
    int slash = text.indexOf('/');
    if (slash >= 0) {
      var key = text.substring(0, slash);
      boolean weak = key.endsWith("?");
      return new DepFeature(
          weak ? key.substring(0, key.length() - 1) : key, text.substring(slash + 1), weak);
    }
    return text.startsWith("dep:") ? new Dep(text.substring(4)) : new Feature(text);
  }

  /// Returns the text as a manifest has it.
  default String text() {
    return switch (this) {
      case Feature(var name) -> name;
      case Dep(var key) -> "dep:" + key;
      case DepFeature dep -> dep.key() + (dep.weak() ? "?/" : "/") + dep.feature();
    };
  }
}
