package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.PlanOperation;
import dev.kiln.plan.CompileOptions.Intent;
import dev.kiln.report.UnitGraphJson;
import java.util.List;

/// `doc` and `clippy`, of which kiln makes the unit graph so far.
final class GraphCommand implements Command {
  private final String name;
  private final Intent intent;

  GraphCommand(String name, Intent intent) {
    this.name = name;
    this.intent = intent;
  }

  @Override
  public Syntax syntax() {
    return CompileFlags.syntax(
        new Syntax.Operands("", 0, 0, Syntax.Tail.AFTER_DASHES),
        List.of(
            intent == Intent.DOC
                ? List.of(
                    Flag.switched("--no-deps", "Don't build documentation for dependencies"),
                    Flag.switched("--document-private-items", "Document private items"))
                : List.of(),
            CompileFlags.PACKAGE_FLAGS,
            intent == Intent.DOC
                ? CompileFlags.without(
                    CompileFlags.TARGET_FLAGS,
                    "--tests",
                    "--test",
                    "--benches",
                    "--bench",
                    "--all-targets")
                : CompileFlags.TARGET_FLAGS,
            CompileFlags.FEATURE_FLAGS,
            CompileFlags.PROFILE_FLAGS,
            CompileFlags.COMPILATION_FLAGS));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var arguments = invocation.arguments();
    boolean isAlone = intent == Intent.DOC && arguments.has("--no-deps");
    var options = CompileFlags.compile(isAlone ? Intent.DOC_WITHOUT_DEPS : intent, arguments);
    // what is wrong with the request is said before that kiln cannot carry it out
    var planned = PlanOperation.run(invocation.settings(), options, invocation.events());
    if (!arguments.has("--unit-graph")) {
      throw new KilnException(
          "`kiln " + name + "` without `--unit-graph` is not in kiln " + Kiln.VERSION + " yet",
          "`kiln --list` shows the commands that are");
    }
    invocation.out().println(UnitGraphJson.of(planned.graph()).compact());
    return 0;
  }
}
