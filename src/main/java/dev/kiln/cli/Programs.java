package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.BuildResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Runs a built program with the user's own standard streams.
final class Programs {
  private Programs() {}

  /// Runs a program, by what its target is started with, in the user's directory and returns its
  /// exit code.
  static int run(Invocation invocation, BuildResult.Program program, List<String> arguments)
      throws KilnException, InterruptedException {
    var command = new ArrayList<>(program.starter().words());
    command.add(program.file().toString());
    command.addAll(arguments);
    invocation.out().flush();
    var builder = new ProcessBuilder(command).inheritIO();
    builder.directory(invocation.path("").toFile());
    builder.environment().clear();
    builder.environment().putAll(program.environment().variables());
    try {
      return builder.start().waitFor();
    } catch (IOException e) {
      throw new KilnException("cannot run " + String.join(" ", command), null, e);
    }
  }
}
