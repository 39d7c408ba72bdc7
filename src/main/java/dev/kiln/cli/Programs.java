package dev.kiln.cli;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs a built program with the user's own standard streams.
final class Programs {
  private Programs() {}

  /// Runs a program, by what its target is started with, in the user's directory and returns its
  /// exit code.
  static int run(Invocation invocation, List<String> starter, Path program, List<String> arguments)
      throws KilnException, InterruptedException {
    var command = new ArrayList<>(starter);
    command.add(program.toString());
    command.addAll(arguments);
    invocation.out().flush();
    try {
      return new ProcessBuilder(command)
          .inheritIO()
          .directory(invocation.path("").toFile())
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new KilnException("cannot run " + String.join(" ", command), null, e);
    }
  }
}
