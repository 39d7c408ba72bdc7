package dev.kiln.cli;

import dev.kiln.KilnException;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/// Standard output: text in UTF-8 whatever the locale says, or the file behind it for bytes, which
/// the kernel can then copy by itself.
final class StandardOutput extends PrintStream {
  private static final String CLOSED_PIPE = "Broken pipe";

  private final FileOutputStream file;
  private final Watched watched;

  StandardOutput(FileOutputStream file) {
    this(file, new Watched(file));
  }

  private StandardOutput(FileOutputStream file, Watched watched) {
    super(watched, false, StandardCharsets.UTF_8);
    this.file = file;
    this.watched = watched;
  }

  /// What writes bytes.
  interface Writer {
    void write() throws IOException, KilnException;
  }

  /// Returns the file, with everything printed before already in it.
  FileOutputStream file() {
    flush();
    return file;
  }

  /// Writes bytes; a failure that names no other file is standard output's.
  static void writing(Writer writer) throws IOException, KilnException {
    try {
      writer.write();
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /// Throws where text was lost, since a [PrintStream] tells nobody. That the reader went away is
  /// fine: it had enough.
  void check() throws KilnException {
    flush();
    var failure = watched.failure;
    if (failure != null && !CLOSED_PIPE.equals(failure.getMessage())) {
      throw failed(failure);
    }
  }

  private static KilnException failed(IOException cause) {
    return new KilnException("cannot write to standard output", null, cause);
  }

  private static final class Watched extends FilterOutputStream {
    private @Nullable IOException failure;

    private Watched(FileOutputStream file) {
      super(file);
    }

    @Override
    public void write(int value) throws IOException {
      try {
        out.write(value);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
