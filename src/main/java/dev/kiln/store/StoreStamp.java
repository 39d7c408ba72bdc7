package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The file that says what a store is: its format's version and its logical directory, fixed when
/// it is made.
final class StoreStamp {
  /// The format of everything below a store's root. Raise it with any change of a record's meaning.
  ///
  /// | format | what it has |
  /// |---|---|
  /// | 1 | a file for each record |
  /// | 2 | files that several records share ([RecordFiles]) |
  static final int VERSION = 2;

  /// The oldest that is still read; a store is raised when it is opened to be written.
  private static final int OLDEST = 1;

  private static final String WORD = "kiln store ";

  /// Others may read the store too, whatever the user's mask says.
  private static final FileAttribute<Set<PosixFilePermission>> READABLE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

  private StoreStamp() {}

  /// Checks the stamp of an existing store, and raises it to the present format.
  ///
  /// Answers false where there is no store yet.
  static boolean raise(StoreLayout layout, StoreDir logical) throws KilnException {
    var version = find(layout, logical);
    if (version != 0 && version < VERSION) {
      try {
        write(layout, logical);
      } catch (IOException e) {
        throw StoreFailure.of("cannot write the store's stamp", layout.stamp(), e);
      }
    }
    return version != 0;
  }

  /// Checks the stamp of an existing store.
  ///
  /// Answers false where there is no store yet.
  static boolean check(StoreLayout layout, StoreDir logical) throws KilnException {
    return find(layout, logical) != 0;
  }

  /// Returns the format of an existing store; 0 where there is none yet.
  private static int find(StoreLayout layout, StoreDir logical) throws KilnException {
    List<String> lines;
    try {
      lines = Files.readAllLines(layout.stamp());
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw StoreFailure.of("cannot read the store's stamp", layout.stamp(), e);
    }
    var version = version(lines);
    if (version == null) {
      throw new KilnException(
          layout.stamp() + " is no stamp of a kiln store", "choose another store with --store DIR");
    }
    if (version < OLDEST || version > VERSION) {
      throw new KilnException(
          "the store at %s has format %d, this kiln reads format %d"
              .formatted(layout.root(), version, VERSION),
          version > VERSION
              ? "it was made by a newer kiln: use that one, or another store with --store DIR"
              : "it was made by an older kiln: use another store with --store DIR");
    }
    if (!lines.get(1).equals(logical.path())) {
      throw new KilnException(
          "the store at %s was made for the logical directory %s, not %s"
              .formatted(layout.root(), lines.get(1), logical.path()),
          "use --store-dir " + lines.get(1) + ", or another store with --store DIR");
    }
    return version;
  }

  /// Returns the logical directory that an existing store was made for.
  static Optional<StoreDir> findLogical(StoreLayout layout) throws KilnException {
    try {
      var lines = Files.readAllLines(layout.stamp());
      return version(lines) == null ? Optional.empty() : Optional.of(new StoreDir(lines.get(1)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreFailure.of("cannot read the store's stamp", layout.stamp(), e);
    }
  }

  private static @Nullable Integer version(List<String> lines) {
    if (lines.size() < 2 || !lines.get(0).startsWith(WORD)) {
      return null;
    }
    try {
      return Integer.valueOf(lines.get(0).substring(WORD.length()));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /// Makes anew what an existing store has lost of its directories.
  static void mend(StoreLayout layout) throws KilnException {
    try {
      makeDirectories(layout);
    } catch (IOException e) {
      throw StoreFailure.of("cannot make what the store has lost", layout.root(), e);
    }
  }

  /// Makes the directories of a store, and last its stamp.
  static void create(StoreLayout layout, StoreDir logical) throws KilnException {
    try {
      makeDirectories(layout);
      if (!Files.exists(layout.lock(), LinkOption.NOFOLLOW_LINKS)) {
        Files.write(layout.lock(), new byte[0]);
      }
      write(layout, logical);
    } catch (IOException e) {
      throw StoreFailure.of("cannot make a store", layout.root(), e);
    }
    check(layout, logical);
  }

  private static void makeDirectories(StoreLayout layout) throws IOException {
    for (var directory :
        List.of(
            layout.objects(),
            layout.infos(),
            layout.fileLists(),
            layout.realisations(),
            layout.autoRoots(),
            layout.rootRecords(),
            layout.temporaryRoots(),
            layout.staging(),
            layout.logs())) {
      Files.createDirectories(directory);
    }
  }

  private static void write(StoreLayout layout, StoreDir logical) throws IOException {
    var stamp = layout.staging().resolve(StoreProcess.newToken());
    var text = WORD + VERSION + "\n" + logical.path() + "\n";
    Canonical.create(stamp, ByteString.of(text), READABLE);
    Files.move(stamp, layout.stamp(), StandardCopyOption.ATOMIC_MOVE);
  }
}
