package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.BuildResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
    return start(command, invocation.path(""), program.environment().variables());
  }

  /// Runs a command in the place of kiln's own.
  static int explain(World world, List<String> command) throws KilnException, InterruptedException {
    world.out().flush();
    return start(command, world.cwd(), world.environment());
  }

  private static int start(List<String> command, Path directory, Map<String, String> environment)
      throws KilnException, InterruptedException {
    var builder = new ProcessBuilder(command).inheritIO();
    builder.directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      return builder.start().waitFor();
    } catch (IOException e) {
      throw new KilnException("cannot run " + String.join(" ", command), null, e);
    }
  }
}
