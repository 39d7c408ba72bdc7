package dev.kiln.ops;

import dev.kiln.process.Command;
import dev.kiln.toolchain.Runner;

/// How compilers are asked for facts: as plain child processes.
final class Runners {
  private Runners() {}

  static Runner plain() {
    return question -> {
      var captured =
          new Command(question.argv(), question.directory(), question.environment()).capture();
      return new Runner.Answer(captured.exit().code(), captured.stdout(), captured.stderr());
    };
  }
}
