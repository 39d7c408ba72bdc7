package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.FetchOperation;

/// `fetch`: brings what the lock file names into the store, for all platforms.
final class FetchCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of(
        Syntax.Operands.NONE,
        Flag.of(Flag.Arity.VALUES, "--target", "TRIPLE", "Fetch what this target needs, at least"));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, InterruptedException {
    FetchOperation.run(invocation.settings(), invocation.events());
    return 0;
  }
}
