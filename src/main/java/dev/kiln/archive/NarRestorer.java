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
  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS);

  private final Path destination;
  private final Deque<Path> directories = new ArrayDeque<>();
  private final byte[] buffer = new byte[1 << 17];

  private NarRestorer(Path destination) {
    this.destination = destination;
  }

  static long restore(InputStream in, Path destination) throws IOException, KilnException {
    if (Files.exists(destination, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(destination.toString());
    }
    var whole = false;
    try {
      var size = NarReader.read(in, new NarRestorer(destination));
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
    try (var out = FileChannel.open(place(name), NEW, executable ? EXECUTABLE : PLAIN)) {
      for (var count = contents.read(buffer); count > 0; count = contents.read(buffer)) {
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

  private Path place(ByteString name) {
    return directories.isEmpty() ? destination : FileNames.resolve(directories.element(), name);
  }

  private static FileAttribute<Set<PosixFilePermission>> mode(String mode) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
  }
}
