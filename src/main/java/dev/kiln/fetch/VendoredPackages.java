package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.archive.FileNames;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.json.Json;
import dev.kiln.memo.Memo;
import dev.kiln.memo.Stamp;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.toml.TomlFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A directory of unpacked packages (Cargo: sources/directory.rs): each is found by its manifest,
/// not by its directory's name, and its files have the hashes that `.cargo-checksum.json` lists.
final class VendoredPackages {
  private static final String CHECKSUMS = ".cargo-checksum.json";

  private final Path root;
  private final Memo memo;
  private final Store store;
  private @Nullable Map<String, Path> packages;

  VendoredPackages(Path root, Memo memo, Store store) {
    this.root = root;
    this.memo = memo;
    this.store = store;
  }

  /// Returns the package's object; checks and copies what has changed since the last time.
  StorePath fetch(Wanted wanted) throws KilnException {
    var id = wanted.id();
    var directory = packages().get(id.name() + " " + id.version());
    if (directory == null) {
      throw new KilnException(
          "no package `" + id + "` in the directory source " + root,
          "run `cargo vendor` again, so that it has what Cargo.lock names");
    }
    try {
      return fetch(wanted, directory);
    } catch (IOException e) {
      throw new KilnException("cannot read the vendored package " + directory, null, e);
    }
  }

  private StorePath fetch(Wanted wanted, Path directory) throws KilnException, IOException {
    var id = wanted.id();
    var list = Files.readString(directory.resolve(CHECKSUMS));
    var checksums = checksums(directory, list);
    checkPackage(wanted, checksums);
    var files = new TreeMap<String, Path>();
    collect(directory, "", files);
    var key = new StringBuilder(directory + "\n" + Digest.sha256(bytes(list)).hex() + "\n");
    for (var file : files.entrySet()) {
      key.append(Stamp.of(file.getValue())).append(' ').append(file.getKey()).append('\n');
    }
    var known = memo.find("vendored", key.toString()).map(StorePath::new);
    if (known.isPresent()) {
      store.addTemporaryRoots(Collections.singleton(known.get()));
      if (store.isValid(known.get())) {
        return known.get();
      }
    }
    var staging = store.newStaging();
    var tree = Files.createDirectory(staging.resolve("package"));
    for (var file : files.entrySet()) {
      var copy = tree.resolve(directory.relativize(file.getValue()));
      Files.createDirectories(copy.getParent());
      Files.copy(file.getValue(), copy);
    }
    var listed = checksums.require("files").asObject();
    for (var file : listed.entrySet()) {
      var copy = below(tree, file.getKey());
      checkFile(directory + "/" + file.getKey(), copy, file.getValue().asString());
    }
    var object = store.adopt(id.name() + "-" + id.version(), tree, Collections.emptySortedSet());
    Files.deleteIfExists(staging);
    store.addTemporaryRoots(Collections.singleton(object));
    memo.keep("vendored", key.toString(), object.baseName());
    return object;
  }

  private static Json checksums(Path directory, String text) throws KilnException {
    try {
      return Json.parse(text);
    } catch (KilnException e) {
      throw new KilnException("failed to decode `" + directory.resolve(CHECKSUMS) + "`", null, e);
    }
  }

  /// Compares the package's own checksum with the lock file's (Cargo: resolve.rs, `merge_from`).
  private void checkPackage(Wanted wanted, Json checksums) throws KilnException {
    var own = checksums.find("package");
    var locked = wanted.checksum();
    if (locked == null) {
      return;
    }
    if (own.isEmpty()) {
      throw new KilnException(
          "checksum for `"
              + wanted.id()
              + "` could not be calculated, but a checksum is listed in the existing lock file",
          "run `cargo vendor` again: " + root + " has it without the checksum of its .crate");
    }
    if (!own.get().asString().equals(locked.hex())) {
      throw new KilnException(
          "checksum for `"
              + wanted.id()
              + "` changed between lock files: Cargo.lock has "
              + locked.hex()
              + ", "
              + root
              + " has "
              + own.get().asString(),
          "run `cargo vendor` again, or find out why they differ");
    }
  }

  private static void checkFile(String file, Path copy, String expected)
      throws KilnException, IOException {
    if (!Files.isRegularFile(copy)) {
      throw new KilnException(
          "failed to calculate checksum of: " + file,
          "a file that " + CHECKSUMS + " lists is missing; run `cargo vendor` again");
    }
    var got = CrateFiles.hash(copy);
    if (!got.hex().equals(expected)) {
      throw new KilnException(
          "the listed checksum of `"
              + file
              + "` has changed:\nexpected: "
              + expected
              + "\nactual:   "
              + got.hex(),
          "vendored packages are not meant to be edited; use `[patch]` with a copy of your own");
    }
  }

  /// Returns a listed file, whatever characters its name has.
  private static Path below(Path tree, String place) {
    var file = tree;
    for (var name : place.split("/", -1)) {
      file = FileNames.resolve(file, ByteString.of(name));
    }
    return file;
  }

  /// Collects the files below a directory, links followed, less the list of checksums: so the
  /// object is the same as the unpacked `.crate`.
  private static void collect(Path directory, String place, SortedMap<String, Path> files)
      throws IOException {
    try (var entries = Files.newDirectoryStream(directory)) {
      for (var entry : entries) {
        var name = place + entry.getFileName();
        if (Files.isDirectory(entry)) {
          collect(entry, name + "/", files);
        } else if (!name.equals(CHECKSUMS)) {
          files.put(name, entry);
        }
      }
    }
  }

  /// Returns the packages by `NAME VERSION`, read once.
  synchronized Map<String, Path> packages() throws KilnException {
    var known = packages;
    if (known == null) {
      try {
        known = read();
      } catch (IOException e) {
        throw new KilnException("cannot read the directory source " + root, null, e);
      }
      packages = known;
    }
    return known;
  }

  private Map<String, Path> read() throws KilnException, IOException {
    if (!Files.isDirectory(root)) {
      throw new KilnException(
          "failed to read root of directory source: " + root,
          null,
          new KilnException("No such file or directory (os error 2)"));
    }
    var manifests = new TreeMap<String, Path>();
    var key = new StringBuilder(root + "\n");
    try (var entries = Files.newDirectoryStream(root)) {
      for (var entry : entries) {
        var manifest = entry.resolve("Cargo.toml");
        if (!entry.getFileName().toString().startsWith(".") && Files.exists(manifest)) {
          manifests.put(entry.getFileName().toString(), manifest);
        }
      }
    }
    for (var manifest : manifests.entrySet()) {
      key.append(Stamp.of(manifest.getValue())).append(' ').append(manifest.getKey()).append('\n');
    }
    var text = memo.find("vendor", key.toString());
    var lines = text.isPresent() ? text.get() : describe(manifests);
    memo.keep("vendor", key.toString(), lines);
    var found = new HashMap<String, Path>();
    for (var line : lines.lines().toList()) {
      int tab = line.indexOf('\t');
      var directory = root.resolve(line.substring(tab + 1));
      if (!Files.exists(directory.resolve(CHECKSUMS))) {
        throw new KilnException(
            "failed to load checksum `" + CHECKSUMS + "` of " + line.substring(0, tab),
            directory + " is no vendored package: run `cargo vendor` again, or move it away");
      }
      found.put(line.substring(0, tab).replaceFirst(" v", " "), directory);
    }
    return found;
  }

  /// Returns a line `NAME vVERSION`, tab, directory for each package.
  private static String describe(Map<String, Path> manifests) throws KilnException {
    var lines = new StringBuilder();
    for (var manifest : manifests.entrySet()) {
      var table = TomlFile.read(manifest.getValue()).root().table("package");
      var name = table == null ? null : table.string("name");
      var version = table == null ? null : table.string("version");
      if (name == null) {
        throw new KilnException(manifest.getValue() + " names no package");
      }
      lines
          .append(name)
          .append(" v")
          .append(version == null ? "0.0.0" : version)
          .append('\t')
          .append(manifest.getKey());
      lines.append('\n');
    }
    return lines.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
