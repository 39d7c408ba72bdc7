package dev.kiln.store;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// Counts the room that deleting trees makes: a file's bytes once its last name goes.
///
/// In a store that was optimised the last name but one counts as the last, since `store/.links`
/// will hold the last and let it go (Nix: `_deletePath`).
final class FreedBytes {
  private final int shared;
  private final Map<Object, Integer> namesLeft = new HashMap<>();

  FreedBytes(StoreLayout layout) {
    this.shared = Files.isDirectory(layout.links(), LinkOption.NOFOLLOW_LINKS) ? 1 : 0;
  }

  /// Returns what deleting this tree frees after those before it; no tree frees nothing.
  long add(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    var visitor = new Visitor();
    Files.walkFileTree(tree, visitor);
    return visitor.bytes;
  }

  private final class Visitor extends SimpleFileVisitor<Path> {
    private long bytes;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      var read = Files.readAttributes(file, "unix:ino,nlink", LinkOption.NOFOLLOW_LINKS);
      var names = read.get("nlink") instanceof Integer count ? count : 1;
      if (isFreed(Objects.requireNonNull(read.get("ino")), names)) {
        bytes += attributes.size();
      }
      return FileVisitResult.CONTINUE;
    }
  }

  /// The count of names is that of the first meeting: some that were met may be deleted by now.
  private boolean isFreed(Object inode, int names) {
    var before = namesLeft.get(inode);
    if (before == null && names == 1) {
      return true;
    }
    var left = (before == null ? names : before) - 1;
    namesLeft.put(inode, left);
    return left == shared;
  }
}
