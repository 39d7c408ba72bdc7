package dev.kiln.toolchain;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/// Trees put together from store objects by hard links, which take no more room.
public final class LinkedTree {
  private LinkedTree() {}

  /// Makes one tree of several; of files with the same path the first counts.
  public static void merge(List<Path> from, Path to) throws KilnException {
    try {
      for (var tree : from) {
        add(tree, to);
      }
    } catch (IOException e) {
      throw new KilnException("cannot put " + to + " together", null, e);
    }
  }

  private static void add(Path from, Path to) throws IOException {
    if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.isDirectory(to)) {
        Files.createDirectory(to);
      }
      try (var entries = Files.newDirectoryStream(from)) {
        for (var entry : entries) {
          add(entry, to.resolve(entry.getFileName().toString()));
        }
      }
    } else if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
      return;
    } else if (Files.isSymbolicLink(from)) {
      Files.createSymbolicLink(to, Files.readSymbolicLink(from));
    } else {
      link(from, to);
    }
  }

  /// A hard link, or a copy where the kernel refuses one.
  private static void link(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (FileSystemException e) {
      Files.copy(from, to);
    }
  }
}
