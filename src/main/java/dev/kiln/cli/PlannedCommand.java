package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.CompileOptions.Intent;
import java.util.ArrayList;
import java.util.List;

/// `test`, `bench` and `doc`: planned as Cargo's, which `--unit-graph` shows; running them is for
/// later.
final class PlannedCommand implements Command {
  private final Intent intent;

  PlannedCommand(Intent intent) {
    this.intent = intent;
  }

  @Override
  public Syntax syntax() {
    var documents = intent == Intent.DOC;
    var flags = new ArrayList<List<Flag>>();
    flags.add(
        documents
            ? List.of(Flag.switched("--no-deps", "Don't build documentation for dependencies"))
            : List.of(
                Flag.switched("--no-run", "Compile, but don't run"),
                Flag.switched("--no-fail-fast", "Run all regardless of failure")));
    if (intent == Intent.TEST) {
      flags.add(List.of(Flag.switched("--doc", "Test only this library's documentation")));
    }
    flags.add(CompileFlags.PACKAGE_FLAGS);
    flags.add(
        documents
            ? CompileFlags.without(
                CompileFlags.TARGET_FLAGS,
                "--tests",
                "--test",
                "--benches",
                "--bench",
                "--all-targets")
            : CompileFlags.TARGET_FLAGS);
    flags.add(CompileFlags.FEATURE_FLAGS);
    flags.add(CompileFlags.PROFILE_FLAGS);
    flags.add(CompileFlags.COMPILATION_FLAGS);
    var operands =
        documents
            ? Syntax.Operands.NONE
            : new Syntax.Operands("[NAME]", 0, 1, Syntax.Tail.AFTER_DASHES);
    return CompileFlags.syntax(operands, flags);
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var arguments = invocation.arguments();
    var compile = CompileFlags.compile(meant(arguments), arguments);
    if (arguments.has("--doc") && !compile.filter().equals(CompileOptions.Filter.NONE)) {
      throw new KilnException("can't mix --doc with other target selecting options");
    }
    if (arguments.has("--doc") && arguments.has("--no-run")) {
      throw new KilnException("can't skip running doc tests with --no-run");
    }
    if (!arguments.has("--unit-graph")) {
      throw new KilnException(
          "`kiln %s` is in kiln %s only with `--unit-graph`".formatted(word(), Kiln.VERSION),
          "`kiln build --tests` compiles tests");
    }
    CompileCommand.compile(invocation, compile);
    return 0;
  }

  private String word() {
    return intent == Intent.DOC ? "doc" : intent == Intent.TEST ? "test" : "bench";
  }

  private Intent meant(Arguments arguments) {
    if (arguments.has("--no-deps")) {
      return Intent.DOC_WITHOUT_DEPS;
    }
    return arguments.has("--doc") ? Intent.DOCTEST : intent;
  }
}
