package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.BuildOperation;
import dev.kiln.plan.CompileOptions.Intent;
import java.util.List;
import java.util.stream.Stream;

/// `build` and `check`: compiles what was selected and links the result.
final class CompileCommand implements Command {
  private final Intent intent;

  CompileCommand(Intent intent) {
    this.intent = intent;
  }

  @Override
  public Syntax syntax() {
    var flags =
        Stream.of(
            CompileFlags.PACKAGE_FLAGS,
            CompileFlags.TARGET_FLAGS,
            CompileFlags.FEATURE_FLAGS,
            CompileFlags.COMPILATION_FLAGS,
            CompileFlags.RESULT_FLAGS,
            CompileFlags.REFUSED_FLAGS);
    return new Syntax(flags.flatMap(List::stream).toList(), Syntax.Operands.NONE);
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var options =
        CompileFlags.build(CompileFlags.compile(intent, invocation.arguments()), invocation);
    var result = BuildOperation.run(invocation.settings(), options, invocation.events());
    if (invocation.arguments().has("--print-out-paths") && result.tree() != null) {
      invocation.out().println(result.tree());
    }
    return result.success() ? 0 : Verb.CARGO;
  }
}
