package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.json.Json;
import dev.kiln.plan.CompileOptions;
import dev.kiln.report.UnitGraphJson;
import dev.kiln.store.StoreDir;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.UnaryOperator;

/// Plans in this process, whole or with one input changed: that is what a planted bug is.
public final class Planning {
  /// A bug of the planner: the right inputs of its steps, turned into those of a wrong rule.
  @FunctionalInterface
  public interface Bug extends UnaryOperator<PlanOperation.Steps> {}

  /// The planner as it is.
  public static final Bug NO_BUG = steps -> steps;

  private final Path data;

  public Planning(Path data) {
    this.data = data;
  }

  /// Returns the unit graph that kiln prints, without or with a bug.
  public Json graph(
      Path directory, SortedMap<String, String> environment, CompileOptions options, Bug bug)
      throws KilnException, InterruptedException {
    var warnings = new ArrayList<String>();
    return graph(directory, environment, options, bug, warnings);
  }

  private Json graph(
      Path directory,
      SortedMap<String, String> environment,
      CompileOptions options,
      Bug bug,
      List<String> warnings)
      throws KilnException, InterruptedException {
    var settings =
        new Settings(
            directory,
            environment,
            Clock.systemUTC(),
            new Settings.Places(
                data.resolve("store"),
                new StoreDir("/kiln/store"),
                data.resolve("cache"),
                data.resolve("config")),
            null,
            List.of(),
            new Settings.Network(false, true),
            null,
            new Settings.Choices(null, null, true, Settings.Unstable.NONE, 0));
    try (var ground =
        Ground.read(
            settings,
            event -> {
              if (event instanceof BuildEvent.Warning(var text)) {
                warnings.add(text);
              }
            })) {
      var facts = ground.facts(ground.rustc(), options.targets());
      var steps = PlanOperation.Steps.of(ground, options, facts);
      return UnitGraphJson.of(PlanOperation.plan(bug.apply(steps), warnings::add));
    }
  }
}
