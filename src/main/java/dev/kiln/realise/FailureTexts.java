package dev.kiln.realise;

import dev.kiln.builder.BuildOutcome;
import dev.kiln.derivation.UnitDerivation;
import dev.kiln.event.BuildEvent.UnitLabel;
import dev.kiln.plan.Unit;
import dev.kiln.process.Exit;
import java.nio.file.Path;

/// What a unit that failed is told as, in Cargo's words.
final class FailureTexts {
  private FailureTexts() {}

  static String ofCompilation(Unit unit, UnitRun run, BuildOutcome outcome) {
    var text =
        "could not compile `"
            + unit.pkg().name()
            + "` ("
            + UnitLabels.target(unit)
            + ")"
            + run.counts();
    if (!run.hasErrors() && outcome instanceof BuildOutcome.Failed failed) {
      text += "\n\nCaused by:\n  rustc did not exit successfully (" + exit(failed.exit()) + ")";
    }
    return text + kept(outcome);
  }

  static String ofScript(
      UnitLabel label, UnitDerivation derivation, ScriptRun run, BuildOutcome outcome) {
    int code = outcome instanceof BuildOutcome.Failed failed ? failed.exit() : 0;
    return "failed to run custom build command for `"
        + label.what()
        + "`\n\nCaused by:\n"
        + "  process didn't exit successfully: `"
        + derivation.invocation().argv().getFirst()
        + "` ("
        + exit(code)
        + ")"
        + run.transcript()
        + kept(outcome);
  }

  /// Says where a failed run's directories are, where they were kept.
  private static String kept(BuildOutcome outcome) {
    return outcome instanceof BuildOutcome.Failed(_, _, Path place) && place != null
        ? "\n\nnote: its build directory is kept in " + place
        : "";
  }

  private static String exit(int code) {
    return new Exit(code).described();
  }
}
