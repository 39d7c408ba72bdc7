package dev.kiln.archive;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// Unpacks a tarball whose hash was checked to the places that a rule gives its entries.
///
/// Symbolic links become relative, so that a tree works where it lies as well as mounted at `/`.
/// Nothing is written outside of the destination, nor through a link.
final class TarTree {
  /// Where an entry goes: its path below the destination without `.` or `..`, or nowhere.
  @FunctionalInterface
  interface Placement {
    Optional<List<String>> place(List<String> names);
  }

  private final Path root;
  private final Placement placement;

  private TarTree(Path root, Placement placement) {
    this.root = root;
    this.placement = placement;
  }

  /// Unpacks an uncompressed stream below a directory that exists.
  static void unpack(InputStream in, Path root, Placement placement)
      throws IOException, KilnException {
    var tree = new TarTree(root, placement);
    var tar = new TarArchiveInputStream(in, StandardCharsets.UTF_8.name());
    for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      var names = names(List.of(), entry.getName());
      var place = placement.place(names);
      if (place.isPresent() && !place.get().isEmpty()) {
        tree.write(entry, tar, names, place.get());
      }
    }
  }

  private void write(
      TarArchiveEntry entry, InputStream contents, List<String> names, List<String> place)
      throws IOException, KilnException {
    if (entry.isDirectory()) {
      directory(place);
      return;
    }
    var file = file(place);
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new KilnException("the archive has a file where a directory is: " + entry.getName());
    }
    Files.deleteIfExists(file);
    if (entry.isSymbolicLink()) {
      FileNames.createLink(file, ByteString.of(target(names, place, entry.getLinkName())));
    } else if (entry.isLink()) {
      var linked =
          placement
              .place(names(List.of(), entry.getLinkName()))
              .orElseThrow(() -> new KilnException("a link leads out: " + entry.getLinkName()));
      var existing = file(linked);
      if (!Files.isRegularFile(existing, LinkOption.NOFOLLOW_LINKS)) {
        throw new KilnException("a link leads to no file: " + entry.getLinkName());
      }
      Files.createLink(file, existing);
    } else if (isPlain(entry)) {
      Files.copy(contents, file);
      var mode = (entry.getMode() & 0100) == 0 ? "rw-r--r--" : "rwxr-xr-x";
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
  }

  /// commons-compress counts devices as files.
  private static boolean isPlain(TarArchiveEntry entry) {
    return entry.isFile()
        && !entry.isFIFO()
        && !entry.isCharacterDevice()
        && !entry.isBlockDevice();
  }

  /// Returns a link's target relative to where the link is placed.
  private String target(List<String> names, List<String> place, String target)
      throws KilnException {
    var above = target.startsWith("/") ? List.<String>of() : names.subList(0, names.size() - 1);
    var wanted = names(above, target);
    var to = placement.place(wanted).orElse(wanted);
    int common = 0;
    int depth = place.size() - 1;
    while (common < depth && common < to.size() && place.get(common).equals(to.get(common))) {
      common++;
    }
    var relative = new ArrayList<String>();
    for (int i = common; i < depth; i++) {
      relative.add("..");
    }
    relative.addAll(to.subList(common, to.size()));
    return relative.isEmpty() ? "." : String.join("/", relative);
  }

  /// Returns a path's names from a directory on, `.` and `..` resolved.
  private static List<String> names(List<String> directory, String path) throws KilnException {
    var names = new ArrayList<>(directory);
    for (var name : path.split("/+", -1)) {
      if (name.equals("..")) {
        if (names.isEmpty()) {
          throw new KilnException("the archive leads out of itself: " + path);
        }
        names.removeLast();
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return names;
  }

  private Path file(List<String> place) throws IOException, KilnException {
    return FileNames.resolve(
        directory(place.subList(0, place.size() - 1)), ByteString.of(place.getLast()));
  }

  private Path directory(List<String> place) throws IOException, KilnException {
    var directory = root;
    for (var name : place) {
      directory = FileNames.resolve(directory, ByteString.of(name));
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
          throw new KilnException("the archive has a file below " + directory.getFileName());
        }
        Files.createDirectory(directory);
      }
    }
    return directory;
  }
}
