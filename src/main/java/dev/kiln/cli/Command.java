package dev.kiln.cli;

import dev.kiln.KilnException;

/// One command: what it accepts, and what it does.
interface Command {
  Syntax syntax();

  /// Runs the command and returns the exit code.
  int run(Invocation invocation) throws KilnException, UsageError, InterruptedException;
}
