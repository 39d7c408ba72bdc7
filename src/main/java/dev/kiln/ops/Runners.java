package dev.kiln.ops;

import dev.kiln.process.Command;
import dev.kiln.toolchain.Runner;

/// How compilers are asked for facts: as plain child processes.
public final class Runners {
  private Runners() {}

  /// Returns a runner of plain child processes.
  public static Runner plain() {
    return question -> {
      var captured =
          new Command(question.argv(), question.directory(), question.environment()).capture();
      return new Runner.Answer(captured.exit().code(), captured.stdout(), captured.stderr());
    };
  }
}
