package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import dev.kiln.plan.CompileOptions;
import dev.kiln.report.UnitGraphJson;
import java.util.function.UnaryOperator;

/// Plans in this process, whole or with one input changed: that is what a planted bug is.
public final class Planning {
  /// A bug of the planner: the right inputs of its steps, turned into those of a wrong rule.
  @FunctionalInterface
  public interface Bug extends UnaryOperator<PlanOperation.Steps> {}

  private Planning() {}

  /// Returns the unit graph that kiln prints, without or with a bug.
  public static Json graph(Settings settings, CompileOptions options, Bug bug)
      throws KilnException, InterruptedException {
    try (var ground = Ground.read(settings, _ -> {})) {
      var facts = ground.facts(ground.rustc(), options.targets());
      var steps = PlanOperation.Steps.of(ground, options, facts);
      return UnitGraphJson.of(PlanOperation.plan(bug.apply(steps), _ -> {}));
    }
  }
}
