package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.manifest.TargetKind;
import dev.kiln.plan.CompileMode;
import dev.kiln.plan.Unit;
import dev.kiln.plan.UnitGraph;
import dev.kiln.process.Exit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Runs what `test` and `bench` have compiled: programs one after another in Cargo's order, then
/// documentation tests (Cargo: ops/cargo_test.rs).
public final class Tests {
  /// What libtest exits with when a test has failed.
  private static final int FAILED = 101;

  private final Planned planned;
  private final TestRuns runs;
  private final EventSink events;

  Tests(Planned planned, TestRuns runs, EventSink events) {
    this.planned = planned;
    this.runs = runs;
    this.events = events;
  }

  /// What a user asks of a run: `args` for each program, whether to go on after a failure, whether
  /// programs shall say little, whether their command lines are shown, whether benchmarks are
  /// meant, and the value of `--color`.
  public record Choices(
      List<String> args,
      boolean noFailFast,
      boolean quiet,
      boolean verbose,
      boolean benches,
      String color) {
    public Choices {
      args = List.copyOf(args);
    }

    /// Returns the arguments of one unit's program.
    List<String> of(Unit unit) {
      var all = new ArrayList<>(args);
      if (benches) {
        all.add("--bench");
      }
      if (quiet && unit.target().flags().harness()) {
        all.add("--quiet");
      }
      return all;
    }
  }

  /// Names the programs and runs none (`--no-run`).
  public void name(Choices choices) throws KilnException {
    for (int index : units(CompileMode.TEST)) {
      events.accept(
          new BuildEvent.Status(
              "Executable",
              choices.verbose()
                  ? commandLine(index, choices)
                  : described(index, choices.benches() ? "benches" : "unittests")));
    }
  }

  /// Runs all and returns the exit code: that of the first program that failed, where nothing is
  /// run after it.
  ///
  /// Throws where programs have failed and all were run nevertheless.
  public int run(Choices choices) throws KilnException, InterruptedException {
    var failures = new ArrayList<String>();
    if (!runs.keepsPaths()) {
      events.accept(
          new BuildEvent.Warning(
              "tests start from the store, and paths that were compiled into them lead nowhere:"
                  + " only with bubblewrap they lead to the workspace"));
    }
    var all = new ArrayList<>(units(CompileMode.TEST));
    all.addAll(units(CompileMode.DOCTEST));
    for (int index : all) {
      var exit = one(index, choices);
      if (exit.isSuccess()) {
        continue;
      }
      failures.add(fail(index, exit, choices));
      if (!choices.noFailFast()) {
        return exit.isSignal() ? FAILED : exit.code();
      }
    }
    if (!failures.isEmpty()) {
      throw new KilnException(
          (failures.size() == 1 ? "1 target failed:\n" : failures.size() + " targets failed:\n")
              + failures.stream()
                  .map(args -> "    `" + args + "`")
                  .collect(Collectors.joining("\n")));
    }
    return 0;
  }

  private Exit one(int index, Choices choices) throws KilnException, InterruptedException {
    var unit = planned.graph().unit(index);
    if (unit.mode() == CompileMode.TEST) {
      said(
          "Running",
          choices.verbose() ? commandLine(index, choices) : described(index, "unittests"));
      return runs.program(index, choices.of(unit));
    }
    said("Doc-tests", unit.target().name());
    var rustdoc = runs.documentation(index, choices);
    if (choices.verbose()) {
      said("Running", "`" + String.join(" ", rustdoc.argv()) + "`");
    }
    return runs.run(rustdoc);
  }

  private void said(String verb, String text) {
    events.accept(new BuildEvent.Status(verb, text));
  }

  private List<Integer> units(CompileMode mode) {
    UnitGraph graph = planned.graph();
    return graph.roots().stream().filter(root -> graph.unit(root).mode() == mode).toList();
  }

  private String described(int index, String kind) throws KilnException {
    var target = planned.graph().unit(index).target();
    boolean isOwn = target.kind() == TargetKind.TEST || target.kind() == TargetKind.BENCH;
    return "%s%s (%s)".formatted(isOwn ? "" : kind + " ", target.path(), runs.file(index));
  }

  private String commandLine(int index, Choices choices) throws KilnException {
    var words = new ArrayList<>(List.of(runs.file(index).toString()));
    words.addAll(choices.of(planned.graph().unit(index)));
    return "`" + String.join(" ", words) + "`";
  }

  /// Says that a program failed, and returns the flags that run it alone.
  private String fail(int index, Exit exit, Choices choices) throws KilnException {
    var unit = planned.graph().unit(index);
    boolean isDoc = unit.mode() == CompileMode.DOCTEST;
    var flags = flags(unit, isDoc);
    var text = new StringBuilder(isDoc ? "doctest" : choices.benches() ? "bench" : "test");
    text.append(" failed, to rerun pass `").append(flags).append('`');
    if (exit.code() != FAILED) {
      var program = isDoc ? "rustdoc" : commandLine(index, choices).replace("`", "");
      text.append("\n\nCaused by:\n  process didn't exit successfully: `").append(program);
      text.append("` (").append(exit.described()).append(')');
      boolean capturing =
          choices.args().stream()
              .noneMatch(arg -> arg.equals("--nocapture") || arg.equals("--no-capture"));
      if (!exit.isSignal() && unit.target().flags().harness() && capturing) {
        text.append("\nnote: test exited abnormally; to see the full output pass --no-capture");
        text.append(" to the harness.");
      }
    }
    events.accept(new BuildEvent.Failure(text.toString()));
    return flags;
  }

  private String flags(Unit unit, boolean isDoc) {
    var text = needsPackage() ? "-p " + unit.pkg().name() + " " : "";
    var target = unit.target();
    return text
        + switch (target.kind()) {
          case LIB -> isDoc ? "--doc" : "--lib";
          case BIN -> "--bin " + target.name();
          case TEST -> "--test " + target.name();
          case BENCH -> "--bench " + target.name();
          case EXAMPLE -> "--example " + target.name();
          case BUILD_SCRIPT -> throw new IllegalStateException("a build script is no test");
        };
  }

  /// Cargo: `Packages::needs_spec_flag`.
  private boolean needsPackage() {
    var packages = planned.options().packages();
    return !packages.specs().isEmpty()
        || !packages.exclude().isEmpty()
        || (packages.workspace()
                    ? planned.workspace().members()
                    : planned.workspace().defaultMembers())
                .size()
            > 1;
  }
}
