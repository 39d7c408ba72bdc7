package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.manifest.PackageId;
import dev.kiln.memo.Memo;
import dev.kiln.memo.Stamp;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Takes snapshots of path packages: the objects that stand for their contents in derivations
/// (design D6).
///
/// A snapshot has every file below the package's directory but those of packages nested in it, and,
/// at the package's root only, `.git`, a directory `target` that holds CACHEDIR.TAG, and symbolic
/// links into a store. As long as no file's stamp changes nothing is read.
public final class LocalSources {
  private static final String KIND = "local-source";

  private final Store store;
  private final Memo memo;

  public LocalSources(Store store, Memo memo) {
    this.store = store;
    this.memo = memo;
  }

  /// Returns the object of a package's files as they are now.
  public StorePath snapshot(PackageId id, Path directory) throws KilnException {
    try {
      var files = files(directory);
      var key = key(directory, files);
      var known = memo.find(KIND, key);
      if (known.isPresent()) {
        var path = new StorePath(known.get());
        if (store.isValid(path)) {
          return path;
        }
      }
      var path = store.adopt(name(id), copy(directory, files), new TreeSet<>());
      memo.keep(KIND, key, path.baseName());
      return path;
    } catch (IOException e) {
      throw new KilnException(
          "cannot read the files of " + id.name() + " in " + directory,
          "make every file of the package readable",
          e);
    }
  }

  private static String name(PackageId id) {
    return (id.name() + "-" + id.version() + "-source").replaceAll("[^0-9a-zA-Z+._?=-]", "_");
  }

  private static String key(Path directory, List<Path> files) throws IOException {
    var key = new StringBuilder(directory.toString()).append('\n');
    for (var file : files) {
      key.append(directory.relativize(file)).append('\0').append(Stamp.ofLink(file)).append('\n');
    }
    return key.toString();
  }

  private Path copy(Path directory, List<Path> files) throws IOException, KilnException {
    var copy = store.newStaging().resolve("source");
    Files.createDirectory(copy);
    for (var file : files) {
      var target = copy.resolve(directory.relativize(file).toString());
      Files.createDirectories(target.getParent());
      Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    }
    return copy;
  }

  private static List<Path> files(Path directory) throws IOException {
    var files = new ArrayList<Path>();
    Files.walkFileTree(
        directory,
        Set.of(),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            return !path.equals(directory) && isLeftOut(directory, path)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            boolean taken =
                attributes.isRegularFile()
                    || (attributes.isSymbolicLink() && !isResultLink(directory, file));
            if (taken) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    return files;
  }

  private static boolean isLeftOut(Path root, Path path) {
    if (Files.exists(path.resolve("Cargo.toml"))) {
      return true;
    }
    return root.equals(path.getParent())
        && switch (path.getFileName().toString()) {
          case ".git" -> true;
          case "target" -> Files.exists(path.resolve("CACHEDIR.TAG"));
          default -> false;
        };
  }

  /// Says whether a link at the root leads to a store object, as `./result` does.
  private static boolean isResultLink(Path root, Path link) throws IOException {
    if (!root.equals(link.getParent())) {
      return false;
    }
    var target = Files.readSymbolicLink(link);
    return target.isAbsolute()
        && target.getNameCount() >= 2
        && target.getName(target.getNameCount() - 2).toString().equals("store")
        && target.getFileName().toString().matches("[0-9a-z]{32}-.+");
  }
}
