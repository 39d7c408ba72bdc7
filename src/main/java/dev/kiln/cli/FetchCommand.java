package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.FetchOperation;
import dev.kiln.plan.CompileOptions.Intent;
import java.util.List;

/// `fetch`: brings the workspace's dependencies into the store.
final class FetchCommand implements Command {
  @Override
  public Syntax syntax() {
    return CompileFlags.syntax(
        Syntax.Operands.NONE,
        List.of(CompileFlags.only(CompileFlags.COMPILATION_FLAGS, "--target")));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var targets = CompileFlags.compile(Intent.CHECK, invocation.arguments()).targets();
    FetchOperation.run(invocation.settings(), targets, invocation.events());
    return 0;
  }
}
