package dev.kiln.realise;

import dev.kiln.KilnException;
import dev.kiln.build.BuildContext;
import dev.kiln.build.BuildScriptOutput;
import dev.kiln.build.CompilerMessage;
import dev.kiln.build.UnitFiles.Flavor;
import dev.kiln.build.UnitFiles.UnitFile;
import dev.kiln.derivation.UnitInputs;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.plan.Unit;
import dev.kiln.store.RealisationRecord;
import dev.kiln.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is said of a unit once it is there, whether it was run or found.
final class UnitEvents {
  private final BuildContext context;
  private final Store store;
  private final EventSink events;

  UnitEvents(BuildContext context, Store store, EventSink events) {
    this.context = context;
    this.store = store;
    this.events = events;
  }

  /// Says what messages a reused unit's compiler gave when it ran.
  void replay(int index, RealisationRecord record, String note) {
    var label = UnitLabels.of(index, context.graph().unit(index));
    for (var message : record.note(note)) {
      switch (CompilerMessage.parse(message)) {
        case CompilerMessage.Diagnostic diagnostic ->
            events.accept(new BuildEvent.Diagnostic(label, diagnostic.rendered(), message, true));
        case CompilerMessage.Artifact _, CompilerMessage.Other _ ->
            events.accept(new BuildEvent.Output(label, message));
      }
    }
  }

  /// Says where a compiled unit's files are.
  void artifacts(int index, UnitInputs inputs, boolean fresh) throws KilnException {
    var unit = context.graph().unit(index);
    var names = new ArrayList<String>();
    String executable = null;
    for (var file : context.files(index).files()) {
      var path = place(unit, file, inputs);
      names.add(path);
      if (isExecutable(unit, file)) {
        executable = path;
      }
    }
    events.accept(new BuildEvent.Artifacts(UnitLabels.of(index, unit), names, executable, fresh));
  }

  private static boolean isExecutable(Unit unit, UnitFile file) {
    return file.crateType().equals("bin") && !unit.isBuildScript();
  }

  private String place(Unit unit, UnitFile file, UnitInputs inputs) {
    var output =
        inputs.outputs().containsKey(UnitInputs.OUT)
            ? UnitInputs.OUT
            : file.flavor() == Flavor.METADATA ? UnitInputs.RMETA : UnitInputs.LIB;
    boolean plain = !unit.target().isLib() || unit.mode().isRustcTest();
    return store
        .physical(inputs.require(output))
        .resolve(plain && !unit.mode().isCheck() ? file.uplifted() : file.path())
        .toString();
  }

  /// Says what a build script told, and shows its warnings where it is the user's own.
  void script(int index, BuildScriptOutput script, @Nullable UnitInputs inputs) {
    var unit = context.graph().unit(index);
    warnings(unit, script);
    events.accept(
        new BuildEvent.ScriptExecuted(
            UnitLabels.of(index, unit),
            script.links(),
            script.searchPaths(),
            script.cfgs(),
            script.environment().stream().map(v -> Map.entry(v.name(), v.value())).toList(),
            inputs == null ? "" : store.physical(inputs.require(UnitInputs.OUT)).toString()));
  }

  /// Shows a script's warnings where its package is the user's own, as Cargo does.
  void warnings(Unit unit, BuildScriptOutput script) {
    if (unit.isLocal()) {
      warn(unit, script.warnings());
    }
  }

  private void warn(Unit unit, List<String> warnings) {
    var pkg = unit.pkg().name() + "@" + unit.pkg().version() + ": ";
    warnings.forEach(warning -> events.accept(new BuildEvent.Warning(pkg + warning)));
  }
}
