package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.BuildOperation;
import dev.kiln.ops.BuildOptions;
import dev.kiln.ops.BuildResult;
import dev.kiln.ops.PlanOperation;
import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.CompileOptions.Intent;
import dev.kiln.report.UnitGraphJson;
import java.util.List;
import java.util.Optional;

/// `build` and `check`: compiles what was selected and links the result.
final class CompileCommand implements Command {
  private final Intent intent;

  CompileCommand(Intent intent) {
    this.intent = intent;
  }

  @Override
  public Syntax syntax() {
    return CompileFlags.syntax(
        Syntax.Operands.NONE,
        List.of(
            CompileFlags.PACKAGE_FLAGS,
            CompileFlags.TARGET_FLAGS,
            CompileFlags.FEATURE_FLAGS,
            CompileFlags.PROFILE_FLAGS,
            CompileFlags.COMPILATION_FLAGS,
            CompileFlags.RESULT_FLAGS));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var compile = CompileFlags.compile(intent, invocation.arguments());
    var result = compile(invocation, compile);
    if (result.isEmpty()) {
      return 0;
    }
    var tree = result.get().tree();
    if (invocation.arguments().has("--print-out-paths") && tree != null) {
      invocation.out().println(tree);
    }
    return result.get().success() ? 0 : Verb.CARGO;
  }

  /// Compiles, or prints the unit graph where that was asked for instead: then there is no result.
  static Optional<BuildResult> compile(Invocation invocation, CompileOptions compile)
      throws KilnException, UsageError, InterruptedException {
    BuildOptions options = CompileFlags.build(compile, invocation);
    var settings = invocation.settings();
    if (invocation.arguments().has("--unit-graph")) {
      var planned = PlanOperation.run(settings, compile, invocation.events());
      invocation.out().println(UnitGraphJson.of(planned.graph()).compact());
      return Optional.empty();
    }
    return Optional.of(BuildOperation.run(settings, options, invocation.events()));
  }
}
