package dev.kiln.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The terminal that standard error may be connected to.
final class StandardError implements World.Terminal {
  private static final int USUAL_WIDTH = 80;

  private final Map<String, String> environment;

  StandardError(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public int columns() {
    if (!isTerminal()) {
      return 0;
    }
    var columns = environment.getOrDefault("COLUMNS", "");
    return columns.matches("[1-9]\\d{0,3}") ? Integer.parseInt(columns) : USUAL_WIDTH;
  }

  private static boolean isTerminal() {
    try {
      var device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }
}
