package dev.kiln.archive;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Goes through a tree in the NAR's order, one step at a time: names ascend by their raw bytes.
final class TreeWalk {
  enum Kind {
    FILE,
    LINK,
    ENTER,
    LEAVE
  }

  /// One step: at an entry, or out of a directory. `name` is null at the tree's root; `inside` is
  /// the path below the root.
  record Step(
      Kind kind,
      @Nullable ByteString name,
      ByteString inside,
      Path path,
      PosixFileAttributes attributes) {}

  private record Child(ByteString name, Path path) implements Comparable<Child> {
    @Override
    public int compareTo(Child other) {
      return name.compareTo(other.name);
    }
  }

  private record Frame(Step directory, Iterator<Child> children) {}

  private final Deque<Frame> frames = new ArrayDeque<>();
  private final boolean named;
  private @Nullable Path root;

  /// `named` says whether the paths inside are asked for; else they are empty.
  TreeWalk(Path root, boolean named) {
    this.root = root;
    this.named = named;
  }

  /// Returns the next step; null at the end.
  @Nullable Step next() throws IOException, KilnException {
    var start = root;
    if (start != null) {
      root = null;
      return look(start, null, ByteString.EMPTY);
    }
    if (frames.isEmpty()) {
      return null;
    }
    var frame = frames.element();
    if (!frame.children.hasNext()) {
      var left = frames.pop().directory;
      return new Step(Kind.LEAVE, left.name, left.inside, left.path, left.attributes);
    }
    var child = frame.children.next();
    return look(
        child.path,
        child.name,
        named ? join(frame.directory.inside, child.name) : ByteString.EMPTY);
  }

  private Step look(Path path, @Nullable ByteString name, ByteString inside)
      throws IOException, KilnException {
    if (frames.size() >= NarFormat.MAXIMUM_DEPTH) {
      throw new KilnException(path + " is nested more than 64 deep, which no NAR may be");
    }
    var attributes =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isRegularFile()) {
      return new Step(Kind.FILE, name, inside, path, attributes);
    }
    if (attributes.isSymbolicLink()) {
      return new Step(Kind.LINK, name, inside, path, attributes);
    }
    if (!attributes.isDirectory()) {
      throw new KilnException(
          path + " is no file, directory or symbolic link",
          "an archive can hold nothing else" + (name == null ? "" : ": move it out of the tree"));
    }
    var step = new Step(Kind.ENTER, name, inside, path, attributes);
    frames.push(new Frame(step, children(path).iterator()));
    return step;
  }

  private static List<Child> children(Path directory) throws IOException {
    var children = new ArrayList<Child>();
    try (var stream = Files.newDirectoryStream(directory)) {
      for (var child : stream) {
        children.add(new Child(FileNames.name(child), child));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(children);
    return children;
  }

  private static ByteString join(ByteString directory, ByteString name) {
    if (directory.isEmpty()) {
      return name;
    }
    var joined = new ByteArrayOutputStream(directory.length() + 1 + name.length());
    joined.writeBytes(directory.bytes());
    joined.write('/');
    joined.writeBytes(name.bytes());
    return ByteString.of(joined.toByteArray());
  }
}
