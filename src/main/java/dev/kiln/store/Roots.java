package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.archive.FileNames;
import dev.kiln.digest.Base32;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// What keeps objects alive on disk: root records (one per workspace) and links that users keep
/// (nix-store.md §11.1).
final class Roots {
  private static final String LINK = "Link: ";
  private static final String NAME = "Name: ";

  private final StoreLayout layout;
  private final StoreProcess process;

  Roots(StoreLayout layout, StoreProcess process) {
    this.layout = layout;
    this.process = process;
  }

  /// A root record as it was read.
  record RootRecord(
      String name, String link, SortedSet<StorePath> paths, Instant written, Path file) {}

  void writeRecord(String name, String link, SortedSet<StorePath> paths) throws IOException {
    process.protect(paths);
    var text = new StringBuilder();
    text.append(NAME).append(oneLine(name)).append('\n');
    text.append(LINK).append(oneLine(link)).append('\n');
    paths.forEach(path -> text.append(path.baseName()).append('\n'));
    var temporary = process.newStaging().resolve("record");
    Files.writeString(temporary, text.toString());
    Files.move(temporary, recordFile(name), StandardCopyOption.ATOMIC_MOVE);
    Files.delete(Objects.requireNonNull(temporary.getParent()));
  }

  private static String oneLine(String text) {
    return text.replace("\n", "\\n");
  }

  /// Protects what a record names, if there is one, in one step.
  void protectRecord(String name) throws IOException, KilnException {
    var record = findRecord(recordFile(name));
    if (record.isPresent()) {
      process.protect(record.get().paths());
    }
  }

  boolean dropRecord(String name) throws IOException {
    return Files.deleteIfExists(recordFile(name));
  }

  private Path recordFile(String name) {
    var hash = Digest.sha256(name.getBytes(StandardCharsets.UTF_8));
    return layout.rootRecords().resolve(Base32.encode(hash.fold(20)));
  }

  List<RootRecord> records() throws IOException, KilnException {
    var records = new ArrayList<RootRecord>();
    for (var name : new TreeSet<>(StoreProcess.names(layout.rootRecords()))) {
      var file = layout.rootRecords().resolve(name);
      findRecord(file).ifPresent(records::add);
    }
    return records;
  }

  private static Optional<RootRecord> findRecord(Path file) throws IOException, KilnException {
    try {
      return Optional.of(read(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static RootRecord read(Path file) throws IOException, KilnException {
    var written = Files.getLastModifiedTime(file).toInstant();
    var lines = Files.readAllLines(file);
    if (lines.size() < 2 || !lines.get(0).startsWith(NAME) || !lines.get(1).startsWith(LINK)) {
      throw PathRecords.damaged(file);
    }
    var paths = new TreeSet<StorePath>();
    for (var line : lines.subList(2, lines.size())) {
      paths.add(StorePath.find(line).orElseThrow(() -> PathRecords.damaged(file)));
    }
    return new RootRecord(
        lines.get(0).substring(NAME.length()),
        lines.get(1).substring(LINK.length()),
        paths,
        written,
        file);
  }

  /// Makes `link` point to an object, and registers it. Replaces only a link into a store; the
  /// directories it is to lie in are made, as Nix makes them.
  void addIndirect(Path link, StorePath target) throws IOException, KilnException {
    var place = link.toAbsolutePath().normalize();
    if (place.startsWith(layout.objects())) {
      throw new KilnException(
          "the link " + link + " would lie inside the store", "choose another place");
    }
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS) && !isOurs(place)) {
      throw new KilnException(
          link + " exists and is no link into a store",
          "move it away, or choose another place for the link");
    }
    process.protect(List.of(target));
    Files.createDirectories(
        Objects.requireNonNull(place.getParent(), "a link lies in a directory"));
    replaceLink(place, layout.object(target));
    var registration = layout.autoRoots().resolve(autoName(place));
    replaceLink(registration, place);
  }

  /// Returns the name of a link's registration: Nix's, from its absolute path.
  static String autoName(Path link) {
    return Base32.encode(Digest.messageDigest(HashAlgorithm.SHA1).digest(absoluteBytes(link)));
  }

  private static boolean isOurs(Path link) throws IOException {
    if (!Files.isSymbolicLink(link)) {
      return false;
    }
    var target = Files.readSymbolicLink(link);
    var parent = target.getParent();
    try {
      StorePath.parse("" + target.getFileName());
      return parent != null && parent.endsWith("store");
    } catch (KilnException e) {
      return false;
    }
  }

  private void replaceLink(Path link, Path target) throws IOException {
    var directory = Objects.requireNonNull(link.getParent(), "a link lies in a directory");
    var temporary = directory.resolve(".kiln-link-" + process.unique());
    Files.deleteIfExists(temporary);
    Files.createSymbolicLink(temporary, target);
    Files.move(temporary, link, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Returns a path's bytes as the kernel has them, by its elements.
  private static byte[] absoluteBytes(Path path) {
    var bytes = new ByteArrayOutputStream();
    for (var element : path) {
      bytes.write('/');
      bytes.writeBytes(FileNames.name(element).bytes());
    }
    return bytes.toByteArray();
  }
}
