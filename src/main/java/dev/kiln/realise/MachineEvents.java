package dev.kiln.realise;

import dev.kiln.KilnException;
import dev.kiln.build.BuildScriptOutput;
import dev.kiln.build.UnitFiles.UnitFile;
import dev.kiln.derivation.UnitInputs;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.BuildEvent.UnitLabel;
import dev.kiln.event.BuildEvent.UnitState;
import dev.kiln.plan.Unit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;

/// What programs are told of a unit that is there: its files, or what its build script said.
final class MachineEvents {
  private final Realiser.Setup setup;

  MachineEvents(Realiser.Setup setup) {
    this.setup = setup;
  }

  /// Emits the event of a unit whose outputs are known.
  void tell(UnitLabel label, UnitState state, UnitInputs inputs) throws KilnException {
    var unit = setup.context().graph().unit(label.index());
    var script = inputs.script();
    if (script != null) {
      setup.events().accept(executed(label, inputs, script));
    } else if (!inputs.outputs().isEmpty() && !unit.mode().isDoc()) {
      setup.events().accept(artifacts(label, unit, state, inputs));
    }
  }

  private BuildEvent executed(UnitLabel label, UnitInputs inputs, BuildScriptOutput script) {
    var out = inputs.outputs().get(UnitInputs.OUT);
    return new BuildEvent.ScriptExecuted(
        label,
        script.links(),
        script.searchPaths(),
        script.cfgs(),
        script.environment().stream()
            .map(variable -> Map.entry(variable.name(), variable.value()))
            .toList(),
        out == null ? "" : setup.store().physical(out).toString());
  }

  private BuildEvent artifacts(UnitLabel label, Unit unit, UnitState state, UnitInputs inputs)
      throws KilnException {
    var names = new ArrayList<String>();
    String executable = null;
    for (var file : setup.context().files(label.index()).files()) {
      var path = place(unit, file, inputs).toString();
      names.add(path);
      boolean runs = unit.mode().isRustcTest() || unit.target().isExecutable();
      if (executable == null && runs && file.crateType().equals("bin")) {
        executable = path;
      }
    }
    return new BuildEvent.Artifacts(label, names, executable, state == UnitState.REUSED);
  }

  private Path place(Unit unit, UnitFile file, UnitInputs inputs) {
    boolean keepsName = unit.target().isLib() && !unit.mode().isRustcTest();
    var name = keepsName ? file.path() : file.uplifted();
    return setup.store().physical(ResultTree.object(inputs, file)).resolve(name);
  }
}
