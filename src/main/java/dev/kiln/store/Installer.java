package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.archive.FileNames;
import dev.kiln.archive.NarHash;
import dev.kiln.archive.NarWriter;
import dev.kiln.archive.Trees;
import dev.kiln.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;

/// Brings objects into their places: protect, look, lock, look again, move, register (nix-store.md
/// §10). Killed at any point it leaves something that is not valid and is collected.
final class Installer {
  /// Files up to this size are added from memory.
  private static final int SMALL = 1 << 20;

  private static final Set<PosixFilePermission> EXECUTABLE =
      PosixFilePermissions.fromString("rwxr-xr-x");

  private final Store store;
  private final StoreLayout layout;
  private final StoreProcess process;

  Installer(Store store, StoreLayout layout, StoreProcess process) {
    this.store = store;
    this.layout = layout;
    this.process = process;
  }

  StorePath adopt(String name, Path staged, SortedSet<StorePath> references)
      throws IOException, KilnException {
    StorePath.checkName(name);
    Canonical.apply(staged, process.keepsAttributes());
    var nar = NarWriter.hash(staged);
    var address = new ContentAddress(ContentAddress.Method.NAR, nar.hash());
    var path = StorePaths.contentAddressed(store.storeDir(), name, address, references, false);
    install(info(path, nar, references, address), staged);
    return path;
  }

  private static PathInfo info(
      StorePath path, NarHash nar, SortedSet<StorePath> references, ContentAddress address) {
    return new PathInfo(
        path,
        nar.hash(),
        nar.size(),
        references,
        null,
        Instant.EPOCH,
        false,
        List.of(),
        address.toString());
  }

  StorePath addTree(String name, Path tree, SortedSet<StorePath> references)
      throws IOException, KilnException {
    StorePath.checkName(name);
    var attributes =
        Files.readAttributes(tree, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isRegularFile() && attributes.size() <= SMALL) {
      var executable = attributes.permissions().contains(PosixFilePermission.OWNER_EXECUTE);
      return addFile(name, Files.readAllBytes(tree), executable, references);
    }
    var hash = NarWriter.hash(tree).hash();
    var path = StorePaths.source(store.storeDir(), name, hash, references, false);
    process.protect(List.of(path));
    if (store.isValid(path)) {
      return path;
    }
    var staging = process.newStaging();
    try {
      var copy = staging.resolve("x");
      copy(tree, copy);
      return adopt(name, copy, references);
    } finally {
      Trees.delete(staging);
    }
  }

  private StorePath addFile(
      String name, byte[] contents, boolean executable, SortedSet<StorePath> references)
      throws IOException, KilnException {
    var nar = nar(contents, executable);
    var address = new ContentAddress(ContentAddress.Method.NAR, nar.hash());
    var path = StorePaths.contentAddressed(store.storeDir(), name, address, references, false);
    write(info(path, nar, references, address), contents, executable);
    return path;
  }

  private static NarHash nar(byte[] contents, boolean executable) {
    var nar = NarWriter.ofFile(contents, executable);
    return new NarHash(Digest.sha256(nar), nar.length);
  }

  /// Writes an object that is one file, unless it is valid already.
  private void write(PathInfo info, byte[] contents, boolean executable)
      throws IOException, KilnException {
    process.protect(List.of(info.path()));
    if (store.isValid(info.path())) {
      return;
    }
    var staged = process.newScratch();
    try {
      Files.write(staged, contents, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      if (executable) {
        Files.setPosixFilePermissions(staged, EXECUTABLE);
      }
      Canonical.applyOwn(staged);
      install(info, staged);
    } finally {
      Files.deleteIfExists(staged);
    }
  }

  static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, LinkOption.NOFOLLOW_LINKS);
    if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      Canonical.unseal(to);
      try (var children = Files.newDirectoryStream(from)) {
        for (var child : children) {
          copy(child, FileNames.resolve(to, FileNames.name(child)));
        }
      }
    }
  }

  StorePath addText(String name, byte[] contents, SortedSet<StorePath> references)
      throws IOException, KilnException {
    var address = new ContentAddress(ContentAddress.Method.TEXT, Digest.sha256(contents));
    var path = StorePaths.text(store.storeDir(), name, contents, references);
    write(info(path, nar(contents, false), references, address), contents, false);
    return path;
  }

  /// Moves a canonical tree to its place and registers it, unless it is valid already; then the
  /// tree is dropped.
  void install(PathInfo info, Path staged) throws IOException, KilnException {
    var path = info.path();
    process.commits.check();
    var kept = new ArrayList<>(info.references());
    kept.add(path);
    process.protect(kept);
    if (store.isValid(path)) {
      Trees.delete(staged);
      return;
    }
    for (var reference : info.references()) {
      if (!reference.equals(path) && !store.isValid(reference)) {
        throw new KilnException(
            "%s refers to %s, which is not valid in the store at %s"
                .formatted(path, reference, layout.root()),
            "add that one first");
      }
    }
    var held = lock(path);
    var moved = false;
    try {
      if (store.isValid(path)) {
        Trees.delete(staged);
        return;
      }
      place(staged, layout.object(path));
      register(info, held);
      moved = true;
    } finally {
      if (!moved) {
        held.close();
      }
    }
  }

  private RangeLocks.Held lock(StorePath path) throws IOException, KilnException {
    try {
      return process.locks.acquire(RangeLocks.place(RangeLocks.Kind.OBJECT, path), () -> {});
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KilnException("interrupted while adding " + path);
    }
  }

  private void place(Path staged, Path place) throws IOException {
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      var aside = process.scratch();
      Canonical.unseal(place);
      Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE);
      Trees.delete(aside);
    }
    Files.move(staged, place, StandardCopyOption.ATOMIC_MOVE);
    Canonical.seal(place);
  }

  /// Registers an object that lies in its place; `held` is released when its record is written.
  private void register(PathInfo given, RangeLocks.Held held) throws IOException {
    var now = Files.getLastModifiedTime(layout.objects()).toInstant();
    var info = given.withRegistered(Instant.ofEpochSecond(now.getEpochSecond()));
    var path = info.path();
    process.pendingInfos.put(path, info);
    process.commits.submit(
        new CommitQueue.Entry(
            List.of(
                new CommitQueue.Record(
                    layout.info(path), PathRecords.write(store.storeDir(), info))),
            () -> {
              process.pendingInfos.remove(path);
              held.close();
            }));
  }

  /// Exchanges a valid path's damaged tree for a good one.
  void replace(PathInfo info, Path staged) throws IOException, KilnException {
    process.commits.flush();
    var held = lock(info.path());
    var moved = false;
    try {
      place(staged, layout.object(info.path()));
      register(info, held);
      moved = true;
    } finally {
      if (!moved) {
        held.close();
      }
    }
  }

  /// Writes a valid path's record anew, such as with another signature.
  void update(PathInfo info) throws IOException, KilnException {
    process.commits.flush();
    var held = lock(info.path());
    var path = info.path();
    process.pendingInfos.put(path, info);
    process.commits.submit(
        new CommitQueue.Entry(
            List.of(
                new CommitQueue.Record(
                    layout.info(path), PathRecords.write(store.storeDir(), info))),
            () -> {
              process.pendingInfos.remove(path);
              held.close();
            }));
  }
}
