package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.CleanOperation;

/// `clean`: drops this workspace's root record.
final class CleanCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of(Syntax.Operands.NONE);
  }

  @Override
  public int run(Invocation invocation) throws KilnException {
    CleanOperation.run(invocation.settings(), invocation.events());
    return 0;
  }
}
