package dev.kiln.report;

import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.json.Json;
import dev.kiln.plan.Unit;
import dev.kiln.plan.UnitGraph;
import java.util.List;

/// Turns what compilers say into what `--message-format` asks for: one line, or Cargo's machine
/// messages (Cargo: util/machine_message.rs). All other events pass on as they are.
public final class Messages implements EventSink {
  private final UnitGraph graph;
  private final MessageFormat format;
  private final EventSink next;

  private Messages(UnitGraph graph, MessageFormat format, EventSink next) {
    this.graph = graph;
    this.format = format;
    this.next = next;
  }

  /// Returns what stands before `next` for a format; the units of events are the graph's.
  public static EventSink of(UnitGraph graph, MessageFormat format, EventSink next) {
    return format.equals(MessageFormat.HUMAN) ? next : new Messages(graph, format, next);
  }

  @Override
  public void accept(BuildEvent event) {
    switch (event) {
      case BuildEvent.Diagnostic diagnostic -> diagnostic(diagnostic);
      case BuildEvent.Artifacts artifacts when format.json() -> say(artifact(artifacts));
      case BuildEvent.ScriptExecuted script when format.json() -> say(executed(script));
      case BuildEvent.BuildFinished finished when format.json() -> {
        say(Json.object().put("reason", "build-finished").put("success", finished.success()));
        next.accept(finished);
      }
      default -> next.accept(event);
    }
  }

  private void diagnostic(BuildEvent.Diagnostic event) {
    var diagnostic = Diagnostic.parse(event.json());
    var rendered = format.shortRendered() ? diagnostic.renderedShort() : event.rendered();
    if (format.diagnosticsAsJson()) {
      var message = diagnostic.passedOn(format.ansi() ? rendered : Ansi.strip(rendered));
      say(head("compiler-message", graph.unit(event.unit().index())).put("message", message));
    } else if (!rendered.isEmpty()) {
      next.accept(
          new BuildEvent.Diagnostic(event.unit(), rendered, event.json(), event.replayed()));
    }
  }

  private Json.ObjBuilder artifact(BuildEvent.Artifacts event) {
    var unit = graph.unit(event.unit().index());
    var executable = event.executable();
    return head("compiler-artifact", unit)
        .put("profile", profile(unit))
        .put("features", Json.strings(unit.features()))
        .put("filenames", Json.strings(event.filenames()))
        .put("executable", executable == null ? new Json.Null() : Json.of(executable))
        .put("fresh", event.fresh());
  }

  private static Json profile(Unit unit) {
    var profile = unit.profile();
    var debuginfo = profile.debuginfo().word();
    return Json.object()
        .put("opt_level", profile.optLevel())
        .put(
            "debuginfo",
            debuginfo.matches("\\d") ? Json.of(Long.parseLong(debuginfo)) : Json.of(debuginfo))
        .put("debug_assertions", profile.debugAssertions())
        .put("overflow_checks", profile.overflowChecks())
        .put("test", unit.mode().isRustcTest())
        .build();
  }

  private Json.ObjBuilder executed(BuildEvent.ScriptExecuted event) {
    var unit = graph.unit(event.unit().index());
    return Json.object()
        .put("reason", "build-script-executed")
        .put("package_id", unit.pkg().id().toSpec())
        .put("linked_libs", Json.strings(event.linkedLibs()))
        .put("linked_paths", Json.strings(event.linkedPaths()))
        .put("cfgs", Json.strings(event.cfgs()))
        .put(
            "env",
            Json.array(
                event.env().stream()
                    .map(entry ->
                        Json.array(List.of(Json.of(entry.getKey()), Json.of(entry.getValue()))))
                    .toList()))
        .put("out_dir", event.outDir());
  }

  private static Json.ObjBuilder head(String reason, Unit unit) {
    return Json.object()
        .put("reason", reason)
        .put("package_id", unit.pkg().id().toSpec())
        .put("manifest_path", unit.pkg().manifestPath().toString())
        .put("target", UnitGraphJson.target(unit));
  }

  private void say(Json.ObjBuilder message) {
    next.accept(new BuildEvent.MachineMessage(message.build().compact()));
  }
}
