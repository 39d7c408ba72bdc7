package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.ops.LogOperation;
import dev.kiln.report.TerminalReporter;

/// `log UNIT`: what a unit's builder said when it ran.
final class LogCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of(Syntax.Operands.exactly("<UNIT>", 1));
  }

  @Override
  public int run(Invocation invocation) throws KilnException {
    var logs =
        LogOperation.run(invocation.settings(), invocation.arguments().operands().getFirst());
    for (var log : logs) {
      if (logs.size() > 1) {
        invocation.events().accept(new BuildEvent.Status("Log", "of " + log.derivation()));
      }
      for (var line : log.lines()) {
        var plain = TerminalReporter.withoutColours(line);
        invocation.out().print(plain.endsWith("\n") ? plain : plain + "\n");
      }
    }
    return 0;
  }
}
