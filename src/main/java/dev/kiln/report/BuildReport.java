package dev.kiln.report;

import dev.kiln.event.BuildEvent.UnitState;
import dev.kiln.json.Json;
import dev.kiln.plan.Unit;
import dev.kiln.plan.UnitGraph;
import dev.kiln.realise.UnitResult;
import dev.kiln.store.StoreDir;
import java.util.List;

/// The file of `--report`: what became of each unit, and the counts (cli.md).
public final class BuildReport {
  private BuildReport() {}

  /// How a build went as a whole: crates downloaded, seconds since the command began, and whether
  /// builders were isolated.
  public record Totals(int fetched, double seconds, boolean sandboxed) {}

  /// Returns the report; `results` name units of the graph.
  public static Json of(
      UnitGraph graph, List<UnitResult> results, Totals totals, StoreDir storeDir) {
    return Json.object()
        .put(
            "units",
            Json.array(
                results.stream()
                    .map(result -> unit(graph.unit(result.unit()), result, storeDir))
                    .toList()))
        .put("built", count(results, UnitState.BUILT))
        .put("reused", count(results, UnitState.REUSED))
        .put("substituted", count(results, UnitState.SUBSTITUTED))
        .put("fetched", totals.fetched())
        .put("seconds", totals.seconds())
        .put("sandboxed", totals.sandboxed())
        .build();
  }

  private static long count(List<UnitResult> results, UnitState state) {
    return results.stream().filter(result -> result.state() == state).count();
  }

  private static Json unit(Unit unit, UnitResult result, StoreDir storeDir) {
    var triple = unit.kind().triple();
    var derivation = result.derivation();
    var outputs = Json.object();
    result.outputs().forEach((name, path) -> outputs.put(name, storeDir.resolve(path)));
    var json =
        Json.object()
            .put("pkg_id", unit.pkg().id().toSpec())
            .put("target", UnitGraphJson.target(unit))
            .put("mode", unit.mode().word())
            .put("platform", triple == null ? new Json.Null() : Json.of(triple))
            .put("features", Json.strings(unit.features()))
            .put("state", result.state().word())
            .put("reason", result.reason())
            .put(
                "derivation",
                derivation == null ? new Json.Null() : Json.of(storeDir.resolve(derivation)))
            .put("outputs", outputs.build());
    command(json, result);
    var started = result.started();
    return json.put("started", started == null ? new Json.Null() : Json.of(started.doubleValue()))
        .put("seconds", result.seconds())
        .build();
  }

  /// A unit that was skipped before its inputs were there has no command yet.
  private static void command(Json.ObjBuilder json, UnitResult result) {
    var invocation = result.invocation();
    if (invocation == null) {
      json.put("argv", Json.strings(List.of()))
          .put("env", Json.object().build())
          .put("cwd", new Json.Null());
      return;
    }
    var env = Json.object();
    invocation.env().forEach(env::put);
    json.put("argv", Json.strings(invocation.argv()))
        .put("env", env.build())
        .put("cwd", invocation.cwd());
  }
}
