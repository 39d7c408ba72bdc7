package dev.kiln.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Processes that an unisolated run left behind: those whose environment or working directory names
/// the run's directory. Without a pid namespace there is no surer sign; one that has changed both
/// stays.
final class Stragglers {
  private static final int ROUNDS = 50;

  private final Path proc;
  private final String word;

  Stragglers(Path root, String word) {
    this.proc = root.resolve("proc");
    this.word = word;
  }

  /// Kills them, as long as there are any.
  void end() throws IOException, InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      var found = find();
      if (found.isEmpty()) {
        return;
      }
      for (var pid : found) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
      Thread.sleep(2);
    }
  }

  private List<Long> find() throws IOException {
    var found = new ArrayList<Long>();
    try (var entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (var entry : entries) {
        if (isOurs(entry)) {
          found.add(Long.valueOf(entry.getFileName().toString()));
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  private boolean isOurs(Path process) {
    try {
      var environ = Files.readAllBytes(process.resolve("environ"));
      return new String(environ, StandardCharsets.UTF_8).contains(word)
          || Files.readSymbolicLink(process.resolve("cwd")).toString().startsWith(word);
    } catch (IOException e) {
      // gone, a zombie, or another user's
      return false;
    }
  }
}
