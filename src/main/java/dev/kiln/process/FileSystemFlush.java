package dev.kiln.process;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/// Writes everything that a file system still holds in memory to its disk: `syncfs(2)`, by `sync
/// -f`.
///
/// One call costs some milliseconds where an fsync of every file would cost three each (design
/// D11). To call the function itself, the JVM would make and compile a lot of code in each process
/// anew, which costs more than the child does.
public final class FileSystemFlush {
  private static final File NOTHING = new File("/dev/null");

  /// How GNU's `sync` begins to say that the disk refused.
  private static final String REFUSED = "sync: error syncing";

  private FileSystemFlush() {}

  /// Flushes the file system that a directory lies on; answers false where this system cannot.
  ///
  /// Throws where the disk refused the data: what was written may be lost.
  public static boolean flush(Path directory) throws IOException {
    if (!directory.getFileSystem().equals(FileSystems.getDefault())) {
      return false;
    }
    var builder = new ProcessBuilder("sync", "-f", ".").directory(directory.toFile());
    builder.environment().put("LC_ALL", "C");
    builder.redirectInput(NOTHING).redirectOutput(Redirect.DISCARD);
    Process child;
    try {
      child = builder.start();
    } catch (IOException e) {
      return false; // no such program, or no such directory
    }
    var said = new String(child.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    if (said.startsWith(REFUSED)) {
      throw new IOException(
          "the disk below %s did not take what was written (%s)"
              .formatted(directory, said.strip()));
    }
    return code(child) == 0;
  }

  /// Returns the exit code; the child ends soon, so an interrupt waits.
  private static int code(Process child) {
    var interrupted = false;
    try {
      while (true) {
        try {
          return child.waitFor();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
