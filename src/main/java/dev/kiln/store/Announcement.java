package dev.kiln.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A file that tells other processes which objects of this one lie in their places already while
/// their records are still on their way: these must not be taken for junk.
///
/// A line for each costs far less than a lock for each, which the kernel and the JDK look for in
/// lists. What is listed longer than needed does no harm, since valid paths are never looked up.
final class Announcement {
  private static final String NAME = "announced";

  private final Path directory;
  private @Nullable FileChannel file;

  /// `directory` is this process's staging directory, swept when it is gone.
  Announcement(Path directory) {
    this.directory = directory;
  }

  synchronized void add(List<String> names) throws IOException {
    var out = file;
    if (out == null || !out.isOpen()) { // an interrupt of a thread that wrote has closed it
      out =
          FileChannel.open(
              directory.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      file = out;
    }
    var lines =
        ByteBuffer.wrap((String.join("\n", names) + "\n").getBytes(StandardCharsets.US_ASCII));
    while (lines.hasRemaining()) {
      out.write(lines);
    }
  }

  /// Takes everything back, where it can.
  synchronized void clear() {
    try {
      if (file != null && file.isOpen()) {
        file.truncate(0);
      }
    } catch (IOException e) {
      return; // what stays announced does no harm
    }
  }

  /// Answers whether the process with that staging directory has announced a path.
  static boolean names(Path directory, StorePath path) throws IOException {
    try {
      return Files.readAllLines(directory.resolve(NAME), StandardCharsets.ISO_8859_1)
          .contains(path.baseName());
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
