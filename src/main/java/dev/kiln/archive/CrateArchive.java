package dev.kiln.archive;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// A `.crate`: a gzipped tar of one package below the directory `NAME-VERSION`.
///
/// Unpacked by Cargo's safety rules (Cargo: sources/registry/mod.rs, `unpack_package`): everything
/// below that directory, nothing through or to a symbolic link that leads out of it, a limit to how
/// much can come out, and no `.cargo-ok`, which is Cargo's own mark.
public final class CrateArchive {
  private static final long MAX_SIZE = 512L << 20;
  private static final int MAX_RATIO = 20;
  private static final String CARGOS_MARK = ".cargo-ok";

  private final Path crate;
  private final String top;
  private final Path root;
  private long left;

  private CrateArchive(Path crate, String top, Path root, long limit) {
    this.crate = crate;
    this.top = top;
    this.root = root;
    this.left = limit;
  }

  /// Unpacks a file whose hash was checked, and returns the directory `top` below `into`.
  public static Path unpack(Path crate, String top, Path into) throws KilnException {
    var root = into.resolve(top);
    try (var tar =
        new TarArchiveInputStream(
            new GZIPInputStream(new BufferedInputStream(Files.newInputStream(crate)), 1 << 16),
            StandardCharsets.UTF_8.name())) {
      Files.createDirectory(root);
      var limit = Math.max(MAX_SIZE, Files.size(crate) * MAX_RATIO);
      new CrateArchive(crate, top, root, limit).unpack(tar);
      return root;
    } catch (IOException | IllegalArgumentException e) {
      throw new KilnException(
          "failed to unpack " + crate, null, new KilnException(String.valueOf(e.getMessage())));
    }
  }

  private void unpack(TarArchiveInputStream tar) throws IOException, KilnException {
    for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      var names = inside(entry.getName());
      if (!names.isEmpty() && names.getLast().equals(CARGOS_MARK)) {
        continue;
      }
      if (names.isEmpty() && !entry.isDirectory()) {
        throw invalid("has " + top + " as something else than a directory");
      }
      if (entry.isDirectory()) {
        directory(names);
        continue;
      }
      var file =
          FileNames.resolve(directory(names.subList(0, names.size() - 1)), bytes(names.getLast()));
      if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        throw invalid("contains a file at \"" + entry.getName() + "\" where a directory is");
      }
      Files.deleteIfExists(file);
      write(entry, tar, file, names);
    }
  }

  private void write(TarArchiveEntry entry, InputStream contents, Path file, List<String> names)
      throws IOException, KilnException {
    if (entry.isSymbolicLink()) {
      requireInside(names, entry.getLinkName());
      FileNames.createLink(file, bytes(entry.getLinkName()));
    } else if (entry.isLink()) {
      var target = root;
      for (var name : inside(entry.getLinkName())) {
        target = FileNames.resolve(target, bytes(name));
      }
      if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
        throw invalid("contains a link to \"" + entry.getLinkName() + "\", which is no file of it");
      }
      Files.createLink(file, target); // not a copy: a thousand links cost no more than one
    } else if (isPlain(entry)) {
      left -= entry.getSize();
      if (left < 0) {
        throw invalid("is larger than what may be unpacked");
      }
      Files.copy(contents, file);
      var mode = (entry.getMode() & 0100) == 0 ? "rw-r--r--" : "rwxr-xr-x";
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    } else {
      throw invalid("contains something at \"" + entry.getName() + "\" that is no file");
    }
  }

  /// commons-compress counts devices as files.
  private static boolean isPlain(TarArchiveEntry entry) {
    return entry.isFile()
        && !entry.isFIFO()
        && !entry.isCharacterDevice()
        && !entry.isBlockDevice();
  }

  /// Returns the names below the top directory.
  private List<String> inside(String path) throws KilnException {
    var names = new ArrayList<String>();
    for (var name : path.split("/+", -1)) {
      if (name.equals("..") || (path.startsWith("/") && names.isEmpty() && name.isEmpty())) {
        throw outside(path);
      }
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    if (names.isEmpty() || !names.getFirst().equals(top)) {
      throw outside(path);
    }
    return names.subList(1, names.size());
  }

  /// Makes a directory below the root; links on the way are refused.
  private Path directory(List<String> names) throws IOException, KilnException {
    var directory = root;
    for (var name : names) {
      directory = FileNames.resolve(directory, bytes(name));
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
          throw invalid("contains a file below \"" + name + "\", which is no directory");
        }
        Files.createDirectory(directory);
      }
    }
    return directory;
  }

  private void requireInside(List<String> names, String target) throws KilnException {
    int depth = target.startsWith("/") ? -1 : names.size() - 1;
    for (var name : target.split("/+", -1)) {
      depth += name.equals("..") ? -1 : name.isEmpty() || name.equals(".") ? 0 : 1;
      if (depth < 0) {
        throw invalid("contains a symbolic link to \"" + target + "\", which is outside of it");
      }
    }
  }

  private KilnException outside(String path) {
    return invalid("contains a file at \"" + path + "\" which isn't under \"" + top + "\"");
  }

  private KilnException invalid(String why) {
    return new KilnException("invalid tarball " + crate + ": it " + why);
  }

  private static ByteString bytes(String name) {
    return ByteString.of(name);
  }
}
