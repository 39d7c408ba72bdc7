package dev.kiln.cli;

import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Standard output: text in UTF-8 whatever the locale says, or the file behind it for bytes, which
/// the kernel can then copy by itself.
final class StandardOutput extends PrintStream {
  private final FileOutputStream file;

  StandardOutput(FileOutputStream file) {
    super(file, false, StandardCharsets.UTF_8);
    this.file = file;
  }

  /// Returns the file, with everything printed before already in it.
  FileOutputStream file() {
    flush();
    return file;
  }
}
