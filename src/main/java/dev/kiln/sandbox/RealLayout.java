package dev.kiln.sandbox;

import dev.kiln.KilnException;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.Mount;
import dev.kiln.process.RawText;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// A request's mounts laid out as real files below one directory, for [Unisolated].
final class RealLayout {
  private final Path root;
  private final BuildRequest request;
  private final MovedPaths moved;
  private final Function<StorePath, Path> physical;
  private final SortedMap<String, Path> outputs = new TreeMap<>();
  private final List<Path> lent = new ArrayList<>();

  private RealLayout(
      Path root, BuildRequest request, MovedPaths moved, Function<StorePath, Path> physical) {
    this.root = root;
    this.request = request;
    this.moved = moved;
    this.physical = physical;
  }

  static RealLayout lay(
      Path root, BuildRequest request, MovedPaths moved, Function<StorePath, Path> physical)
      throws IOException, KilnException {
    var layout = new RealLayout(root, request, moved, physical);
    var mounts = new ArrayList<>(request.mounts());
    mounts.sort(Comparator.comparing(mount -> mount.at().replace('/', '\0')));
    for (var mount : mounts) {
      RunDirectory.check(mount.at());
      if (MovedPaths.isOfHost(mount.at())) {
        layout.leave(mount);
      } else {
        layout.add(mount);
      }
    }
    return layout;
  }

  SortedMap<String, Path> outputs() {
    return new TreeMap<>(outputs);
  }

  /// Takes the lent links out of the outputs.
  SortedMap<String, Path> collect() throws IOException {
    for (var link : lent) {
      if (Files.isSymbolicLink(link)) {
        Files.delete(link);
      }
    }
    return outputs();
  }

  /// What lies in the host's own directories is the host's; inputs and outputs cannot be there.
  private void leave(Mount mount) throws KilnException {
    switch (mount) {
      case Mount.Tree _, Mount.Links _, Mount.Output _, Mount.OutputParent _ ->
          throw new KilnException(
              "cannot run " + request.name() + " without a sandbox: it needs its own " + mount.at(),
              "leave out --no-sandbox, or use the host's own sysroot");
      case Mount.Host _, Mount.Text _, Mount.Scratch _, Mount.Symlink _ -> {}
    }
  }

  private void add(Mount mount) throws IOException, KilnException {
    var place = make(mount.at());
    switch (mount) {
      case Mount.Tree(_, var object, var inside) -> {
        var source = RawText.resolve(physical.apply(object), inside);
        if (isAround(mount.at(), request.cwd()) && Files.isDirectory(source)) {
          copy(source, place);
        } else {
          point(place, source);
        }
      }
      case Mount.Links(_, var links) -> Farm.plant(place, links, physical);
      case Mount.Output(_, var name, var beside) -> {
        outputs.put(name, Files.createDirectories(place));
        var farm = make(RunDirectory.FARMS + "/" + outputs.size());
        Farm.plant(farm, beside, physical);
        for (var link : beside) {
          var name2 = RawText.resolve(place, link.name());
          Files.createSymbolicLink(name2, RawText.resolve(farm, link.name()));
          lent.add(name2);
        }
      }
      case Mount.OutputParent(_, var entries) -> {
        Files.createDirectories(place);
        entries.forEach((entry, name) -> outputs.put(name, RawText.resolve(place, entry)));
      }
      case Mount.Host(_, var source) -> point(place, source);
      case Mount.Text(_, var text, var isExecutable) -> {
        Files.write(place, RawText.bytes(moved.there(text)));
        Files.setPosixFilePermissions(
            place, PosixFilePermissions.fromString(isExecutable ? "r-xr-xr-x" : "r--r--r--"));
      }
      case Mount.Scratch(_, _, var files) -> {
        Files.createDirectories(place);
        for (var file : files.entrySet()) {
          Files.write(
              RawText.resolve(place, file.getKey()), RawText.bytes(moved.there(file.getValue())));
        }
      }
      case Mount.Symlink(_, var target) ->
          Files.createSymbolicLink(place, root.getFileSystem().getPath(moved.there(target)));
    }
  }

  private static void point(Path place, Path source) throws IOException, KilnException {
    if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
      throw new KilnException("cannot show " + source + " to a builder: it does not exist");
    }
    Files.createSymbolicLink(place, source.toAbsolutePath());
  }

  private static boolean isAround(String at, String path) {
    return path.equals(at) || path.startsWith(at + "/");
  }

  /// Makes the directories above a place real ones: a link on the way becomes a directory of links.
  private Path make(String at) throws IOException {
    var place = RawText.resolve(root, at.substring(1));
    var above = new ArrayList<Path>();
    for (var up = place.getParent(); up != null && !up.equals(root); up = up.getParent()) {
      above.addFirst(up);
    }
    for (var directory : above) {
      if (Files.isSymbolicLink(directory)) {
        expand(directory);
      } else if (!Files.isDirectory(directory)) {
        Files.createDirectory(directory);
      }
    }
    if (Files.isSymbolicLink(place)) {
      Files.delete(place);
    }
    return place;
  }

  private static void expand(Path link) throws IOException {
    var target = link.toRealPath();
    Files.delete(link);
    Files.createDirectory(link);
    try (var entries = Files.newDirectoryStream(target)) {
      for (var entry : entries) {
        Files.createSymbolicLink(link.resolve(entry.getFileName()), entry);
      }
    }
  }

  /// The working directory is copied, since a program asks the kernel where it is.
  private static void copy(Path source, Path place) throws IOException {
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(place.resolve(source.relativize(directory)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, place.resolve(source.relativize(file)), LinkOption.NOFOLLOW_LINKS);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
