package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.ShellOperation;

/// `shell UNIT [-- COMMAND]`: a shell, or one command, in a unit's sandbox.
final class ShellCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of(new Syntax.Operands("<UNIT> [-- COMMAND]", 1, 1, Syntax.Tail.AFTER_DASHES));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, InterruptedException {
    invocation.out().flush();
    return ShellOperation.run(
        invocation.settings(),
        invocation.arguments().operands().getFirst(),
        invocation.arguments().rest(),
        invocation.events());
  }
}
