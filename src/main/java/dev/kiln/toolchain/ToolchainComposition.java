package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.memo.Memo;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collections;

/// Puts a compiler and another target's standard library together: rustc looks for every target
/// below its own sysroot, so units for a target see one object that holds both.
///
/// The files are hard links to those of the two objects, and take no more room.
public final class ToolchainComposition {
  private final Store store;
  private final Memo memo;

  public ToolchainComposition(Store store, Memo memo) {
    this.store = store;
    this.memo = memo;
  }

  /// Returns the object that holds the files of both, composing it where that has not been done.
  public StorePath compose(StorePath compiler, StorePath std) throws KilnException {
    var key = store.storeDir().path() + "\n" + compiler.baseName() + "\n" + std.baseName();
    var known = memo.find("composed-toolchain", key).map(StorePath::new);
    if (known.isPresent() && store.isValid(known.get())) {
      return known.get();
    }
    var tree = store.newStaging().resolve("toolchain");
    try {
      add(store.physical(compiler), tree);
      add(store.physical(std), tree);
    } catch (IOException e) {
      throw new KilnException(
          "cannot compose " + compiler.baseName() + " and " + std.baseName(), null, e);
    }
    var name = compiler.name() + std.name().replaceFirst("^rust-std-[^-]*", "");
    var object = store.adopt(name, tree, Collections.emptySortedSet());
    memo.keep("composed-toolchain", key, object.baseName());
    return object;
  }

  private static void add(Path from, Path to) throws IOException {
    if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(to);
      try (var entries = Files.newDirectoryStream(from)) {
        for (var entry : entries) {
          add(entry, to.resolve(entry.getFileName().toString()));
        }
      }
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
