package dev.kiln.sandbox;

import dev.kiln.KilnException;
import dev.kiln.builder.Mount;
import dev.kiln.process.RawText;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/// A flat directory of hard links to single files of store objects.
final class Farm {
  private Farm() {}

  static void plant(Path directory, List<Mount.Link> links, Function<StorePath, Path> physical)
      throws IOException, KilnException {
    Files.createDirectories(directory);
    for (var link : links) {
      var file = RawText.resolve(physical.apply(link.object()), link.path());
      var place = RawText.resolve(directory, checked(link.name()));
      try {
        hang(place, file);
      } catch (IOException e) {
        throw new KilnException("cannot show " + file + " to a builder", null, e);
      }
    }
  }

  /// A hard link, or a copy where the kernel refuses one: another owner's file
  /// (`fs.protected_hardlinks`), another file system, too many links.
  private static void hang(Path place, Path file) throws IOException {
    var source = Files.isSymbolicLink(file) ? file.toRealPath() : file;
    try {
      Files.createLink(place, source);
    } catch (FileSystemException e) {
      if (!Files.isRegularFile(source)) {
        throw e;
      }
      Files.copy(source, place);
    }
  }

  private static String checked(String name) {
    if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException("not a file name: " + name);
    }
    return name;
  }
}
