package dev.kiln.toolchain;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Looks programs up as a shell does.
public final class Programs {
  private Programs() {}

  /// Returns the first executable of that name in a `PATH`; entries are relative to `directory`.
  public static Optional<Path> find(Path directory, String searchPath, String name) {
    for (var entry : searchPath.split(":", -1)) {
      var program = directory.resolve(entry).resolve(name);
      if (isProgram(program)) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }

  public static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
