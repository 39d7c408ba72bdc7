package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.archive.NarWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes equal files of all objects one, by hard links to `store/.links/HASH`, where HASH is of the
/// NAR of the single file, so that executable and other copies stay apart (nix-store.md §12).
/// Contents, and therefore paths, stay as they are.
public final class Optimiser {
  private static final int WRITABLE = 0222;

  /// How many files became links, and how many bytes that freed.
  public record Saved(long files, long bytes) {}

  private final Store store;
  private final StoreLayout layout;
  private final Consumer<String> warned;
  private final Set<Object> linked = new HashSet<>();
  private long files;
  private long bytes;

  /// `warned` hears of files that could not be shared.
  public Optimiser(Store store, Consumer<String> warned) {
    this.store = store;
    this.layout = store.layout();
    this.warned = warned;
  }

  /// Goes through every valid path.
  public Saved optimise() throws KilnException {
    try {
      Files.createDirectories(layout.links());
      for (var name : StoreProcess.names(layout.links())) {
        linked.add(attributes(layout.links().resolve(name)).inode());
      }
      for (var path : store.validPaths()) {
        store.addTemporaryRoots(List.of(path));
        if (store.isValid(path)) {
          visit(layout.object(path), layout.objects());
        }
      }
      return new Saved(files, bytes);
    } catch (IOException e) {
      throw StoreFailure.of("cannot optimise the store", layout.root(), e);
    }
  }

  private record Attributes(Object inode, int mode, long size, boolean directory) {}

  private static Attributes attributes(Path path) throws IOException {
    Map<String, Object> read =
        Files.readAttributes(path, "unix:ino,mode,size,isDirectory", LinkOption.NOFOLLOW_LINKS);
    return new Attributes(
        Objects.requireNonNull(read.get("ino")),
        read.get("mode") instanceof Integer mode ? mode : 0,
        read.get("size") instanceof Long size ? size : 0,
        Boolean.TRUE.equals(read.get("isDirectory")));
  }

  private void visit(Path path, Path parent) throws IOException, KilnException {
    var attributes = attributes(path);
    if (attributes.directory) {
      var children = new ArrayList<Path>();
      try (var stream = Files.newDirectoryStream(path)) {
        stream.forEach(children::add);
      }
      for (var child : children) {
        visit(child, path);
      }
    } else if (!linked.contains(attributes.inode)) {
      share(path, parent, attributes);
    }
  }

  private void share(Path file, Path parent, Attributes attributes)
      throws IOException, KilnException {
    if ((attributes.mode & WRITABLE) != 0 && !Files.isSymbolicLink(file)) {
      warned.accept("skipping the suspiciously writable file '%s'".formatted(file));
      return;
    }
    var link = layout.links().resolve(NarWriter.hash(file).hash().nix32());
    var present = find(link);
    if (present != null && present.size != attributes.size) {
      warned.accept("removing the corrupted link '%s'".formatted(link));
      Files.delete(link);
      present = null;
    }
    if (present == null) {
      create(link, file);
      present = attributes(link);
      linked.add(present.inode);
    }
    if (!present.inode.equals(attributes.inode) && replace(file, parent, link)) {
      files++;
      bytes += attributes.size;
    }
  }

  private static @Nullable Attributes find(Path link) throws IOException {
    try {
      return attributes(link);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static void create(Path link, Path file) throws IOException {
    try {
      Files.createLink(link, file);
    } catch (FileAlreadyExistsException e) {
      return; // another process made it just now
    }
  }

  private boolean replace(Path file, Path parent, Path link) throws IOException {
    var temporary = store.process().scratch();
    var isInside = !parent.equals(layout.objects());
    if (isInside) {
      Canonical.unseal(parent);
    }
    try {
      Files.createLink(temporary, link);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (FileSystemException e) {
      warned.accept("cannot share '%s': %s".formatted(file, e.getReason()));
      return false;
    } finally {
      if (isInside) {
        Canonical.seal(parent);
      }
      Files.deleteIfExists(temporary);
    }
  }
}
