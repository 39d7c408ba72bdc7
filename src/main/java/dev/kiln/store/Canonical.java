package dev.kiln.store;

import dev.kiln.digest.ByteString;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Gives every inode of a tree the metadata that all store objects have (nix-store.md §4): modified
/// one second after the epoch, links too; files 0444 or 0555, directories 0555; no extended
/// attributes of users; the owner of the store.
final class Canonical {
  private static final FileTime MODIFIED = FileTime.fromMillis(1000);
  private static final Set<PosixFilePermission> PLAIN =
      PosixFilePermissions.fromString("r--r--r--");
  private static final Set<PosixFilePermission> EXECUTABLE =
      PosixFilePermissions.fromString("r-xr-xr-x");
  private static final FileAttribute<Set<PosixFilePermission>> PLAIN_FILE =
      PosixFilePermissions.asFileAttribute(PLAIN);
  private static final FileAttribute<Set<PosixFilePermission>> EXECUTABLE_FILE =
      PosixFilePermissions.asFileAttribute(EXECUTABLE);
  private static final Set<PosixFilePermission> OPEN = PosixFilePermissions.fromString("rwxr-xr-x");

  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS);

  private final @Nullable UserPrincipal owner;
  private final boolean attributed;
  private final boolean own;

  private Canonical(@Nullable UserPrincipal owner, boolean attributed, boolean own) {
    this.owner = owner;
    this.attributed = attributed;
    this.own = own;
  }

  /// Canonicalises a tree in a directory of this process. A directory at the top stays writable by
  /// its owner, since a read-only one cannot be renamed to another place: [#seal] ends the work.
  ///
  /// `attributed` says whether the tree can have extended attributes, which are then looked for.
  static void apply(Path tree, boolean attributed) throws IOException {
    var parent = Objects.requireNonNull(tree.getParent(), "a staged tree lies in a directory");
    var foreign = !uid(tree).equals(uid(parent));
    var owner = foreign ? Files.getOwner(parent, LinkOption.NOFOLLOW_LINKS) : null;
    new Canonical(owner, attributed, false).visitAll(tree);
  }

  /// Does the same for what this process itself has written: it has the right owner, and no
  /// extended attributes.
  static void applyOwn(Path tree) throws IOException {
    new Canonical(null, false, true).visitAll(tree);
  }

  /// Writes a new file as a store has them; where that fails, nothing is left of it. `kept` holds
  /// what is known of the modes that new files of one directory have as they are asked for: the
  /// user's mask may take bits from them.
  static void write(Path file, ByteString contents, boolean executable, Set<Boolean> kept)
      throws IOException {
    create(file, contents, executable ? EXECUTABLE_FILE : PLAIN_FILE);
    if (kept.contains(executable)) {
      touchFile(file);
      return;
    }
    var mode = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
    if (mode.equals(executable ? EXECUTABLE : PLAIN)) {
      kept.add(executable);
    }
    applyOwn(file);
  }

  /// Writes a new file; where that fails, nothing is left of it.
  static void create(Path file, ByteString contents, FileAttribute<?>... attributes)
      throws IOException {
    var whole = false;
    var out = FileChannel.open(file, NEW, attributes);
    try (out) {
      contents.writeTo(out);
      whole = true;
    } finally {
      if (!whole) {
        Files.delete(file);
      }
    }
  }

  private void visitAll(Path tree) throws IOException {
    if (visit(tree)) {
      Files.setPosixFilePermissions(tree, OPEN);
    }
  }

  /// The number, since looking up the name reads files of the system.
  private static Object uid(Path path) throws IOException {
    return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  /// Gives the top of a canonical tree, now in its place, its own mode and time.
  static void seal(Path tree) throws IOException {
    if (Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
      Files.setPosixFilePermissions(tree, EXECUTABLE);
      touch(tree);
    }
  }

  /// Makes a sealed directory one that can be renamed or deleted.
  static void unseal(Path tree) throws IOException {
    if (Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
      Files.setPosixFilePermissions(tree, OPEN);
    }
  }

  static void touch(Path path) throws IOException {
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(MODIFIED, null, null);
  }

  /// The same for a file that this process made: two calls of the system and not four, and a tenth
  /// of the code.
  private static void touchFile(Path path) throws IOException {
    if (!path.getFileSystem().equals(FileSystems.getDefault())
        || !path.toFile().setLastModified(MODIFIED.toMillis())) {
      touch(path);
    }
  }

  /// Answers whether it is a directory.
  private boolean visit(Path path) throws IOException {
    var attributes =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (owner != null) {
      Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setOwner(owner);
    }
    if (attributes.isDirectory()) {
      if (!attributes.permissions().containsAll(OPEN)) {
        Files.setPosixFilePermissions(path, OPEN);
      }
      for (var child : children(path)) {
        var _ = visit(child);
      }
      strip(path);
      Files.setPosixFilePermissions(path, EXECUTABLE);
      touch(path);
      return true;
    }
    if (attributes.isOther()) {
      throw new FileSystemException(path.toString(), null, "has an unsupported type");
    }
    if (attributes.isRegularFile()) {
      file(path, attributes.permissions());
    }
    if (!attributes.lastModifiedTime().equals(MODIFIED)) {
      touch(path);
    }
    return false;
  }

  private void file(Path path, Set<PosixFilePermission> permissions) throws IOException {
    if (attributed && !permissions.contains(PosixFilePermission.OWNER_READ)) {
      Files.setPosixFilePermissions(path, OPEN);
    }
    strip(path);
    var wanted = permissions.contains(PosixFilePermission.OWNER_EXECUTE) ? EXECUTABLE : PLAIN;
    if (!own || !permissions.equals(wanted)) { // a builder may have set other bits
      Files.setPosixFilePermissions(path, wanted);
    }
  }

  private void strip(Path path) throws IOException {
    var view =
        attributed
            ? Files.getFileAttributeView(
                path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            : null;
    if (view == null) {
      return;
    }
    var names = view.list();
    if (!names.isEmpty()) {
      Files.setPosixFilePermissions(path, OPEN);
      for (var name : names) {
        view.delete(name);
      }
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    var children = new ArrayList<Path>();
    try (var stream = Files.newDirectoryStream(directory)) {
      stream.forEach(children::add);
    }
    return children;
  }
}
