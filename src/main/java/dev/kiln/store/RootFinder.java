package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.process.RawText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Finds all roots (nix-store.md §11.1): links below `roots` and those registered there, root
/// records, what living processes protect, and what running programs have open.
final class RootFinder {
  private static final Pattern BASE_NAME =
      Pattern.compile("[0-9a-z]{32}-[0-9a-zA-Z+\\-._?=]{1,211}");

  private final Store store;
  private final StoreLayout layout;

  RootFinder(Store store) {
    this.store = store;
    this.layout = store.layout();
  }

  /// Returns every root that is a valid path.
  List<GcRoot> find() throws IOException, KilnException {
    var roots = new ArrayList<GcRoot>();
    walk(layout.roots(), roots);
    for (var record : store.roots().records()) {
      record.paths().forEach(path -> roots.add(new GcRoot(record.name(), path)));
    }
    for (var path : store.process().temporaryRoots()) {
      roots.add(new GcRoot("{temp}", path));
    }
    processes(roots);
    var valid = new ArrayList<GcRoot>();
    for (var root : roots) {
      if (store.isValid(root.path())) {
        valid.add(root);
      }
    }
    return valid;
  }

  private void walk(Path directory, List<GcRoot> roots) throws IOException, KilnException {
    var entries = new TreeSet<Path>(); // not their names, which may be no text
    try (var stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    }
    for (var entry : entries) {
      var name = "" + entry.getFileName();
      if (Files.isSymbolicLink(entry)) {
        link(entry, roots);
      } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        if (!entry.equals(layout.rootRecords())) {
          walk(entry, roots);
        }
      } else if (BASE_NAME.matcher(name).matches()) {
        roots.add(new GcRoot("" + entry, StorePath.parse(name)));
      }
    }
  }

  private void link(Path entry, List<GcRoot> roots) throws IOException, KilnException {
    var target = target(entry);
    var direct = inStore(target);
    if (direct.isPresent()) {
      roots.add(new GcRoot(RawText.of(entry), direct.get()));
    } else if (Files.isSymbolicLink(target)) {
      inStore(target(target)).ifPresent(path -> roots.add(new GcRoot(RawText.of(target), path)));
    } else if (entry.startsWith(layout.autoRoots())
        && !Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(entry);
    }
  }

  private static Path target(Path link) throws IOException {
    return link.resolveSibling(Files.readSymbolicLink(link)).normalize();
  }

  /// Returns the object that a physical or logical path lies in.
  private Optional<StorePath> inStore(Path path) throws KilnException {
    for (var directory : List.of(layout.objects(), store.logicalDirectory())) {
      if (path.startsWith(directory) && path.getNameCount() > directory.getNameCount()) {
        var name = "" + path.getName(directory.getNameCount());
        return BASE_NAME.matcher(name).matches()
            ? Optional.of(StorePath.parse(name))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /// Programs that run from the store, or have a file in it open, keep it (Nix:
  /// `findRuntimeRoots`).
  private void processes(List<GcRoot> roots) throws IOException, KilnException {
    if (!layout.root().getFileSystem().equals(FileSystems.getDefault())) {
      return;
    }
    var proc = layout.root().getFileSystem().getPath("/proc");
    if (!Files.isDirectory(proc)) {
      return;
    }
    for (var name : StoreProcess.names(proc)) {
      if (name.chars().allMatch(Character::isDigit)) {
        process(proc.resolve(name), roots);
      }
    }
  }

  private void process(Path process, List<GcRoot> roots) throws KilnException {
    var source = "{" + process + "}";
    var links = new ArrayList<>(List.of(process.resolve("exe"), process.resolve("cwd")));
    try (var open = Files.newDirectoryStream(process.resolve("fd"))) {
      open.forEach(links::add);
    } catch (IOException e) {
      return; // another user's process, or one that has just ended
    }
    for (var link : links) {
      opened(link).ifPresent(path -> roots.add(new GcRoot(source, path)));
    }
    mapped(process, source, roots);
  }

  private Optional<StorePath> opened(Path link) throws KilnException {
    try {
      return inStore(Files.readSymbolicLink(link));
    } catch (IOException e) {
      return Optional.empty(); // closed meanwhile
    }
  }

  private void mapped(Path process, String source, List<GcRoot> roots) throws KilnException {
    String text;
    try {
      text =
          new String(Files.readAllBytes(process.resolve("maps")), StandardCharsets.ISO_8859_1)
              + new String(
                  Files.readAllBytes(process.resolve("environ")), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return; // ended meanwhile
    }
    for (var directory : List.of(layout.objects().toString(), store.storeDir().path())) {
      for (var at = text.indexOf(directory + "/"); at >= 0; ) {
        var matcher = BASE_NAME.matcher(text).region(at + directory.length() + 1, text.length());
        if (matcher.lookingAt()) {
          roots.add(new GcRoot(source, StorePath.parse(matcher.group())));
        }
        at = text.indexOf(directory + "/", at + 1);
      }
    }
  }
}
