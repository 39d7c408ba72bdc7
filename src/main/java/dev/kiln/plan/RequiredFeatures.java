package dev.kiln.plan;

import dev.kiln.KilnException;
import dev.kiln.manifest.FeatureValue;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.Target;
import java.util.function.Consumer;

/// Checks the `required-features` of a target (Cargo: unit_generator.rs
/// `validate_required_features`): what does not exist is worth a warning only.
final class RequiredFeatures {
  private final PlanInput input;
  private final Package pkg;
  private final Target target;
  private final Consumer<String> warnings;

  private RequiredFeatures(PlanInput input, Package pkg, Target target, Consumer<String> warnings) {
    this.input = input;
    this.pkg = pkg;
    this.target = target;
    this.warnings = warnings;
  }

  static void validate(PlanInput input, Package pkg, Target target, Consumer<String> warnings)
      throws KilnException {
    var features = target.requiredFeatures();
    if (features == null) {
      return;
    }
    var check = new RequiredFeatures(input, pkg, target, warnings);
    for (var feature : features) {
      check.validate(feature);
    }
  }

  private void validate(String text) throws KilnException {
    var start =
        "invalid feature `" + text + "` in required-features of target `" + target.name() + "`: ";
    switch (FeatureValue.parse(text)) {
      case FeatureValue.Feature(var name) -> {
        if (!pkg.features().containsKey(name)) {
          warnings.accept(start + "`" + text + "` is not present in [features] section");
        }
      }
      case FeatureValue.Dep _ ->
          throw new KilnException(
              start + "`dep:` prefixed feature values are not allowed in required-features");
      case FeatureValue.DepFeature(var key, var feature, var weak) -> {
        if (weak) {
          throw new KilnException(
              start + "optional dependency with `?` is not allowed in required-features");
        }
        validateDependency(start, key, feature);
      }
    }
  }

  private void validateDependency(String start, String key, String feature) {
    for (var edge : input.graph().edges(pkg.id())) {
      if (edge.dependencies().stream().noneMatch(d -> d.key().equals(key))) {
        continue;
      }
      var to = input.packages().find(edge.to());
      boolean exists =
          to.isEmpty()
              || to.get().features().containsKey(feature)
              || to.get().dependencies().stream()
                  .anyMatch(d -> d.optional() && d.key().equals(feature));
      if (!exists) {
        warnings.accept(
            start + "feature `" + feature + "` does not exist in package `" + edge.to() + "`");
      }
      return;
    }
    warnings.accept(start + "dependency `" + key + "` does not exist");
  }
}
