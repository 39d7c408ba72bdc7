package dev.kiln.archive;

import dev.kiln.KilnException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// One component of a Rust distribution: a tarball whose files lie below `NAME-VERSION-TARGET/` and
/// below a directory for each part, beside an installer's own files.
public final class ComponentArchive {
  private ComponentArchive() {}

  /// Unpacks a file whose hash was checked below a directory that exists: `bin/`, `lib/`, ….
  public static void unpack(Path archive, Path into) throws KilnException {
    var name = String.valueOf(archive.getFileName());
    try (var in =
        Compression.ofFileName(name)
            .decompress(new BufferedInputStream(Files.newInputStream(archive), 1 << 16))) {
      TarTree.unpack(new BufferedInputStream(in, 1 << 16), into, ComponentArchive::place);
    } catch (IOException | IllegalArgumentException e) {
      throw new KilnException(
          "failed to unpack " + name,
          null,
          new KilnException(String.valueOf(e.getMessage()), null, e));
    }
  }

  /// Leaves out the installer's files and the documentation.
  private static Optional<List<String>> place(List<String> names) {
    boolean counts =
        names.size() > 2 && !names.get(2).equals("manifest.in") && !names.get(2).equals("share");
    return counts ? Optional.of(names.subList(2, names.size())) : Optional.empty();
  }
}
