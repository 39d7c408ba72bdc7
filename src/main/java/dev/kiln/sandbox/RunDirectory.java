package dev.kiln.sandbox;

import dev.kiln.KilnException;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.Mount;
import dev.kiln.process.RawText;
import dev.kiln.sandbox.SandboxSpec.Step;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The directory of one run on the host: everything that a request's mounts need to exist before
/// the sandbox is built, and where its outputs are afterwards.
///
/// Mount points below writable mounts are made here, in directories that nothing has written to
/// yet, and never through a link; below read-only mounts they must exist (nix-store.md §17.2).
final class RunDirectory {
  /// Where the files beside an output are, since links in it have to point somewhere.
  static final String FARMS = "/build/.links";

  /// What builders see of Nix's store directory: writable, but each may delete its own only.
  private static final int STORE_MODE = 01775;

  private final Path run;
  private final Function<StorePath, Path> physical;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Place> places = new HashMap<>();
  private final List<Path> writable = new ArrayList<>();
  private final List<Lent> lent = new ArrayList<>();
  private final SortedMap<String, Path> outputs = new TreeMap<>();
  private int count;

  /// What lies at a sandbox path: `source` on the host, null for a symbolic link.
  private record Place(@Nullable Path source, boolean isWritable) {}

  /// Something made in a writable mount that is no part of an output; `target` of a link.
  private record Lent(Path path, @Nullable Path target) {}

  private RunDirectory(Path run, Function<StorePath, Path> physical) {
    this.run = run;
    this.physical = physical;
  }

  static RunDirectory prepare(Path run, BuildRequest request, Function<StorePath, Path> physical)
      throws KilnException {
    var made = new RunDirectory(run, physical);
    var mounts = new ArrayList<>(request.mounts());
    mounts.sort(Comparator.comparing(mount -> mount.at().replace('/', '\0')));
    try {
      for (var mount : mounts) {
        made.add(mount);
      }
    } catch (IOException e) {
      throw new KilnException(
          "cannot prepare the build directory " + run, "check its file system has room", e);
    }
    return made;
  }

  /// Returns what is to be bound where, enclosing mounts first.
  List<Step> steps() {
    return List.copyOf(steps);
  }

  /// Returns the directories that the builder may write to.
  List<Path> writable() {
    return List.copyOf(writable);
  }

  /// Returns where each output is, or will be.
  SortedMap<String, Path> live() {
    return new TreeMap<>(outputs);
  }

  /// Returns a fresh path in the run's directory.
  Path file(String name) {
    return run.resolve(name);
  }

  private void add(Mount mount) throws IOException, KilnException {
    check(mount.at());
    switch (mount) {
      case Mount.Tree(var at, var object, var inside) -> show(at, inside(object, inside));
      case Mount.Links(var at, var links) -> {
        var farm = fresh("links");
        Farm.plant(farm, links, physical);
        bind(at, farm, false);
      }
      case Mount.Output(var at, var name, var beside) -> {
        var output = Files.createDirectories(fresh("output"));
        outputs.put(name, output);
        lay(output, beside);
        bindWritable(at, output);
      }
      case Mount.OutputParent(var at, var entries) -> {
        var parent = Files.createDirectories(fresh("parent"));
        setMode(parent, STORE_MODE);
        entries.forEach((entry, name) -> outputs.put(name, RawText.resolve(parent, entry)));
        bindWritable(at, parent);
      }
      case Mount.Host(var at, var source) -> bind(at, source, false);
      case Mount.Text(var at, var text, var isExecutable) -> {
        var file = fresh("text");
        Files.createDirectories(run);
        Files.write(file, RawText.bytes(text));
        Files.setPosixFilePermissions(
            file, PosixFilePermissions.fromString(isExecutable ? "r-xr-xr-x" : "r--r--r--"));
        bind(at, file, false);
      }
      case Mount.Scratch(var at, var mode, var files) -> {
        var scratch = Files.createDirectories(fresh("scratch"));
        for (var file : files.entrySet()) {
          Files.write(RawText.resolve(scratch, file.getKey()), RawText.bytes(file.getValue()));
        }
        setMode(scratch, mode);
        bindWritable(at, scratch);
      }
      case Mount.Symlink(var at, var target) -> link(at, target);
    }
  }

  /// Sets all bits of a mode, also those that have no name in Java.
  private static void setMode(Path path, int mode) throws IOException {
    Files.setAttribute(path, "unix:mode", mode);
  }

  /// Links in an output to read-only files elsewhere: the builder owns the directory, so the files
  /// themselves must not be in it.
  private void lay(Path output, List<Mount.Link> beside) throws IOException, KilnException {
    if (beside.isEmpty()) {
      return;
    }
    var farm = fresh("beside");
    Farm.plant(farm, beside, physical);
    var at = FARMS + "/" + farm.getFileName();
    bind(at, farm, false);
    for (var link : beside) {
      var target = RawText.resolve(run.getRoot(), at.substring(1) + "/" + link.name());
      lend(RawText.resolve(output, link.name()), target);
    }
  }

  private Path inside(StorePath object, String inside) throws IOException, KilnException {
    var whole = physical.apply(object);
    if (inside.isEmpty()) {
      return whole;
    }
    var part = RawText.resolve(whole, inside);
    var parent = part.getParent();
    if (parent == null || !parent.toRealPath().startsWith(whole.toRealPath())) {
      throw new KilnException(inside + " leads out of the store object " + object.baseName());
    }
    return part;
  }

  /// A store object that is a symbolic link is shown as one, as Nix does.
  private void show(String at, Path source) throws IOException, KilnException {
    if (Files.isSymbolicLink(source)) {
      link(at, Files.readSymbolicLink(source).toString());
    } else {
      bind(at, source, false);
    }
  }

  private void bindWritable(String at, Path source) throws IOException, KilnException {
    writable.add(source);
    bind(at, source, true);
  }

  private void bind(String at, Path source, boolean isWritable) throws IOException, KilnException {
    if (!Files.exists(source)) {
      throw new KilnException("cannot show " + source + " to a builder: it does not exist");
    }
    boolean isDirectory = Files.isDirectory(source);
    makeMountPoint(at, isDirectory);
    steps.add(new Step.Bind(RawText.of(source.toAbsolutePath()), at, isWritable, isDirectory));
    place(at, new Place(source, isWritable));
  }

  private void link(String at, String target) throws IOException, KilnException {
    var outer = enclosing(at);
    if (outer == null) {
      steps.add(new Step.Link(at, target));
    } else {
      makeParents(outer, at);
      lend(below(outer, at), run.getFileSystem().getPath(target));
    }
    place(at, new Place(null, false));
  }

  private void lend(Path link, Path target) throws IOException {
    Files.createSymbolicLink(link, target);
    lent.add(new Lent(link, target));
  }

  private void makeMountPoint(String at, boolean isDirectory) throws IOException, KilnException {
    var outer = enclosing(at);
    if (outer == null) {
      return;
    }
    var point = below(outer, at);
    boolean isThere =
        isDirectory
            ? Files.isDirectory(point, LinkOption.NOFOLLOW_LINKS)
            : Files.isRegularFile(point, LinkOption.NOFOLLOW_LINKS);
    if (isThere) {
      return;
    }
    makeParents(outer, at);
    if (isDirectory) {
      Files.createDirectory(point);
    } else {
      Files.createFile(point);
    }
    lent.add(new Lent(point, null));
  }

  private void makeParents(Outer outer, String at) throws IOException, KilnException {
    if (!outer.place().isWritable()) {
      throw new KilnException(
          "cannot mount " + at + " below the read-only " + outer.at() + ", which lacks it");
    }
    var missing = new ArrayList<Path>();
    var root = outer.place().source();
    for (var path = below(outer, at).getParent();
        path != null && !path.equals(root) && !isPlainDirectory(path);
        path = path.getParent()) {
      missing.addFirst(path);
    }
    for (var directory : missing) {
      Files.createDirectory(directory);
      lent.add(new Lent(directory, null));
    }
  }

  private static boolean isPlainDirectory(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private record Outer(String at, Place place) {}

  private @Nullable Outer enclosing(String at) {
    for (int end = at.lastIndexOf('/'); end > 0; end = at.lastIndexOf('/', end - 1)) {
      var place = places.get(at.substring(0, end));
      if (place != null) {
        return new Outer(at.substring(0, end), place);
      }
    }
    return null;
  }

  private static Path below(Outer outer, String at) throws KilnException {
    var source = outer.place().source();
    if (source == null) {
      throw new KilnException("cannot mount " + at + " below the link " + outer.at());
    }
    return RawText.resolve(source, at.substring(outer.at().length() + 1));
  }

  private void place(String at, Place place) throws KilnException {
    if (places.put(at, place) != null) {
      throw new KilnException("two things are to be mounted at " + at);
    }
  }

  private Path fresh(String kind) {
    return run.resolve(kind + count++);
  }

  static void check(String at) throws KilnException {
    boolean isPlain =
        at.startsWith("/")
            && at.length() > 1
            && !(at + "/").contains("//")
            && !(at + "/").contains("/./")
            && !(at + "/").contains("/../");
    if (!isPlain || at.equals("/proc") || at.startsWith("/proc/") || at.equals("/dev")) {
      throw new KilnException("nothing can be mounted at " + at);
    }
  }

  /// Takes away what was only lent, and returns the outputs that exist.
  SortedMap<String, Path> collect() throws IOException {
    for (var thing : lent.reversed()) {
      takeBack(thing);
    }
    var found = new TreeMap<String, Path>();
    outputs.forEach((name, path) -> {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        found.put(name, path);
      }
    });
    return found;
  }

  /// What the builder has changed is its own. It may have put links on the way to a mount point.
  private void takeBack(Lent thing) throws IOException {
    var path = thing.path();
    for (var up = path.getParent(); up != null && !up.equals(run); up = up.getParent()) {
      if (!isPlainDirectory(up)) {
        return;
      }
    }
    if (thing.target() != null) {
      if (Files.isSymbolicLink(path) && Files.readSymbolicLink(path).equals(thing.target())) {
        Files.delete(path);
      }
    } else if (isPlainDirectory(path)) {
      removeIfEmpty(path);
    } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && Files.size(path) == 0) {
      Files.delete(path);
    }
  }

  private static void removeIfEmpty(Path directory) throws IOException {
    try (var entries = Files.newDirectoryStream(directory)) {
      if (!entries.iterator().hasNext()) {
        Files.delete(directory);
      }
    }
  }
}
