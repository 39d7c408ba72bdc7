package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.PlanOperation;
import dev.kiln.plan.CompileOptions.Intent;
import dev.kiln.report.PlanTable;
import dev.kiln.report.UnitGraphJson;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `plan`: shows the units that a build would have, and runs no compiler.
final class PlanCommand implements Command {
  private static final Map<String, Intent> INTENTS =
      Map.of(
          "build", Intent.BUILD,
          "check", Intent.CHECK,
          "test", Intent.TEST,
          "bench", Intent.BENCH,
          "doc", Intent.DOC);

  @Override
  public Syntax syntax() {
    return CompileFlags.syntax(
        new Syntax.Operands("[build|check|test|bench|doc]", 0, 1, Syntax.Tail.NONE),
        List.of(
            List.of(Flag.valued("--format", "FORMAT", "table, or json: Cargo's unit graph")),
            CompileFlags.PACKAGE_FLAGS,
            CompileFlags.TARGET_FLAGS,
            CompileFlags.FEATURE_FLAGS,
            CompileFlags.PROFILE_FLAGS,
            CompileFlags.only(
                CompileFlags.COMPILATION_FLAGS, "--jobs", "--target", "--ignore-rust-version")));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var arguments = invocation.arguments();
    var word = arguments.operands().isEmpty() ? "build" : arguments.operands().getFirst();
    var intent = INTENTS.get(word.toLowerCase(Locale.ROOT));
    if (intent == null) {
      throw new UsageError(
          "unexpected argument '%s' found".formatted(word),
          "give build, check, test, bench or doc");
    }
    var format = arguments.find("--format").orElse("table");
    if (!List.of("table", "json").contains(format)) {
      throw new UsageError(
          "invalid value '%s' for '--format <FORMAT>'".formatted(format),
          "possible values: table, json");
    }
    var compile = CompileFlags.compile(intent, arguments);
    var graph = PlanOperation.run(invocation.settings(), compile, invocation.events()).graph();
    if (format.equals("json")) {
      invocation.out().println(UnitGraphJson.of(graph).compact());
    } else {
      PlanTable.of(graph).forEach(invocation.out()::println);
    }
    return 0;
  }
}
