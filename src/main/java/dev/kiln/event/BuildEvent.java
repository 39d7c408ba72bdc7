package dev.kiln.event;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One thing that happened in a build, for whoever shows it. Data, never rendered text but for what
/// compilers rendered themselves.
public sealed interface BuildEvent {
  /// A state word of a unit as `--report` has it.
  enum UnitState {
    BUILT("built"),
    REUSED("reused"),
    SUBSTITUTED("substituted"),
    FAILED("failed"),
    SKIPPED("skipped");

    private final String word;

    UnitState(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /// Which unit an event is about: its index in the graph, and words for people.
  ///
  /// `verb` is Cargo's progress word (`Compiling`, `Checking`, `Documenting`, `Running`), said once
  /// for a package; `what` is `name v1.0.0 (path)`; `shortName` is what the progress bar lists
  /// (`name`, `name(build)`); `described` is what summaries say (`` `name` (lib) ``).
  record UnitLabel(
      int index, String verb, String what, String shortName, String described, boolean local) {}

  /// A line like ` Updating crates.io index`: verb and text, shown unless quiet.
  record Status(String verb, String text) implements BuildEvent {}

  /// `warning: …` from kiln itself.
  record Warning(String text) implements BuildEvent {}

  /// `error: NAME@VERSION: …` that a build script logged (`cargo::error=`).
  record ScriptError(String pkg, String text) implements BuildEvent {}

  /// `error: …` after which something may go on.
  record Failure(String text) implements BuildEvent {}

  /// `note: …` that only `-v` shows.
  record Detail(String text) implements BuildEvent {}

  /// So many crates are to be had from a server; said again at each level of the graph.
  record FetchStarted(int crates) implements BuildEvent {}

  /// One crate is in the store; `bytes` were downloaded for it (0: from the download cache).
  record Fetched(String crate, long bytes) implements BuildEvent {}

  /// What one [FetchStarted] began has ended.
  record FetchFinished(double seconds) implements BuildEvent {}

  /// Units will be made real now.
  record BuildStarted(int units) implements BuildEvent {}

  /// A builder for the unit was started.
  record UnitStarted(UnitLabel unit, @Nullable String commandLine) implements BuildEvent {}

  /// A unit is done in one way or another.
  record UnitFinished(UnitLabel unit, UnitState state, double seconds) implements BuildEvent {}

  /// A diagnostic as the compiler rendered it (ANSI colours in it), and its JSON object.
  record Diagnostic(UnitLabel unit, String rendered, String json, boolean replayed)
      implements BuildEvent {}

  /// A line of a program's output that is shown as it is.
  record Output(UnitLabel unit, String line) implements BuildEvent {}

  /// A line for programs on standard output: one JSON object of Cargo's machine messages.
  record MachineMessage(String json) implements BuildEvent {}

  /// A compiled unit's files for programs that read `compiler-artifact`: physical paths, and which
  /// of them is the executable, if one is. `fresh` says that no compiler ran.
  record Artifacts(
      UnitLabel unit, List<String> filenames, @Nullable String executable, boolean fresh)
      implements BuildEvent {
    public Artifacts {
      filenames = List.copyOf(filenames);
    }
  }

  /// What a build script said, for programs that read `build-script-executed`: values as after the
  /// directive's `=`, and the physical OUT_DIR.
  record ScriptExecuted(
      UnitLabel unit,
      List<String> linkedLibs,
      List<String> linkedPaths,
      List<String> cfgs,
      List<Map.Entry<String, String>> env,
      String outDir)
      implements BuildEvent {
    public ScriptExecuted {
      linkedLibs = List.copyOf(linkedLibs);
      linkedPaths = List.copyOf(linkedPaths);
      cfgs = List.copyOf(cfgs);
      env = List.copyOf(env);
    }
  }

  /// A unit failed; `text` is the whole report for people, first line `error: …` less that word.
  record UnitFailed(UnitLabel unit, String text) implements BuildEvent {}

  /// All is over. `profile` is as Cargo's last line has it: `` `dev` profile [unoptimized] ``.
  record BuildFinished(
      boolean success, String profile, int built, int reused, int fetched, double seconds)
      implements BuildEvent {}
}
