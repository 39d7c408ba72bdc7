package dev.kiln.archive;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/// Writes a NAR's tree. Everything is made anew (never opened), and names ascend strictly, so
/// nothing is ever written through a link that the archive made.
final class NarRestorer implements NarVisitor {
  private static final FileAttribute<Set<PosixFilePermission>> PLAIN = mode("rw-rw-rw-");
  private static final FileAttribute<Set<PosixFilePermission>> EXECUTABLE = mode("rwxrwxrwx");
  private static final FileAttribute<Set<PosixFilePermission>> SEALED = mode("r--r--r--");
  private static final FileAttribute<Set<PosixFilePermission>> SEALED_EXECUTABLE =
      mode("r-xr-xr-x");
  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS);

  private static final int BUFFER = 1 << 17;

  private final Path destination;
  private final boolean sealed;
  private final Deque<Path> directories = new ArrayDeque<>();
  private byte[] buffer = new byte[0];

  private NarRestorer(Path destination, boolean sealed) {
    this.destination = destination;
    this.sealed = sealed;
  }

  static long restore(InputStream in, Path destination) throws IOException, KilnException {
    return restore(in, destination, false);
  }

  /// Does the same with files that nobody may write, as a store has them.
  static long restoreSealed(InputStream in, Path destination) throws IOException, KilnException {
    return restore(in, destination, true);
  }

  private static long restore(InputStream in, Path destination, boolean sealed)
      throws IOException, KilnException {
    if (Files.exists(destination, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(destination.toString());
    }
    var whole = false;
    try {
      var size = NarReader.read(in, new NarRestorer(destination, sealed));
      whole = true;
      return size;
    } finally {
      if (!whole) {
        Trees.delete(destination);
      }
    }
  }

  @Override
  public void enterDirectory(ByteString name) throws IOException {
    var directory = place(name);
    Files.createDirectory(directory);
    directories.push(directory);
  }

  @Override
  public void leaveDirectory() {
    directories.pop();
  }

  @Override
  public void file(
      ByteString name, boolean executable, long size, long narOffset, InputStream contents)
      throws IOException {
    if (buffer.length < Math.min(size, BUFFER)) {
      buffer = new byte[(int) Math.min(size, BUFFER)];
    }
    try (var out = FileChannel.open(place(name), NEW, mode(executable))) {
      for (var left = size; left > 0; ) {
        var count = contents.read(buffer);
        left -= count;
        var bytes = ByteBuffer.wrap(buffer, 0, count);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
    }
  }

  @Override
  public void link(ByteString name, ByteString target) throws IOException {
    FileNames.createLink(place(name), target);
  }

  private FileAttribute<Set<PosixFilePermission>> mode(boolean executable) {
    if (sealed) {
      return executable ? SEALED_EXECUTABLE : SEALED;
    }
    return executable ? EXECUTABLE : PLAIN;
  }

  private Path place(ByteString name) {
    return directories.isEmpty() ? destination : FileNames.resolve(directories.element(), name);
  }

  private static FileAttribute<Set<PosixFilePermission>> mode(String mode) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
  }
}
