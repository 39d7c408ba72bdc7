package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.archive.Compression;
import dev.kiln.archive.NarHash;
import dev.kiln.archive.NarReader;
import dev.kiln.archive.NarWriter;
import dev.kiln.archive.Trees;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.store.ContentAddress;
import dev.kiln.store.PathInfo;
import dev.kiln.store.Store;
import dev.kiln.store.StoreGraph;
import dev.kiln.store.StorePath;
import dev.kiln.store.format.NarInfo;
import dev.kiln.store.format.SecretKey;
import dev.kiln.store.format.SelfHash;
import dev.kiln.store.format.Trust;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Copies closures to and from a binary cache in a directory (`file://`), laid out as Nix's
/// (nix-store.md §15).
public final class FileCacheOperation {
  private static final String CACHE_INFO = "nix-cache-info";

  private final Store store;
  private final Path cache;
  private final Compression compression;
  private final @Nullable SecretKey key;

  /// `compression` and `key`, which signs, are for what is copied there.
  public FileCacheOperation(
      Store store, Path cache, Compression compression, @Nullable SecretKey key) {
    this.store = store;
    this.cache = cache;
    this.compression = compression;
    this.key = key;
  }

  /// Copies the closure of these paths to the cache; answers how many were not there.
  public int copyTo(Collection<StorePath> paths) throws KilnException, IOException {
    Files.createDirectories(cache.resolve("nar"));
    if (!checkStoreDir()) {
      write(cache.resolve(CACHE_INFO), "StoreDir: " + store.storeDir().path() + "\n");
    }
    var graph = new StoreGraph(store);
    var copied = 0;
    for (var path : graph.sorted(graph.closure(paths))) {
      var place = cache.resolve(path.hashPart() + ".narinfo");
      if (!Files.exists(place)) {
        write(place, upload(signed(graph.info(path))).text(store.storeDir()));
        copied++;
      }
    }
    return copied;
  }

  private PathInfo signed(PathInfo info) {
    return key == null ? info : SignOperation.signed(store.storeDir(), info, key);
  }

  private NarInfo upload(PathInfo info) throws IOException, KilnException {
    var temporary = Files.createTempFile(cache.resolve("nar"), ".upload", "");
    try {
      var fileHash = Digest.messageDigest(HashAlgorithm.SHA256);
      try (var file = new DigestOutputStream(Files.newOutputStream(temporary), fileHash);
          var nar = compression.compress(file)) {
        NarWriter.dump(store.physical(info.path()), nar);
      }
      var hash = new Digest(HashAlgorithm.SHA256, fileHash.digest());
      var url = "nar/" + hash.nix32() + ".nar" + compression.suffix();
      var size = Files.size(temporary);
      Files.move(temporary, cache.resolve(url), StandardCopyOption.ATOMIC_MOVE);
      return new NarInfo(info, url, compression.nixName(), new NarInfo.FileFacts(hash, size));
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private void write(Path place, String text) throws IOException {
    var temporary = Files.createTempFile(cache, ".upload", "");
    Files.writeString(temporary, text);
    Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Answers whether there is a cache; throws where it is of another store directory.
  private boolean checkStoreDir() throws IOException, KilnException {
    var file = cache.resolve(CACHE_INFO);
    if (!Files.exists(file)) {
      return false;
    }
    for (var line : Files.readAllLines(file)) {
      if (line.startsWith("StoreDir: ")
          && !line.substring("StoreDir: ".length()).equals(store.storeDir().path())) {
        throw new KilnException(
            "the binary cache %s is for '%s', this store for '%s'"
                .formatted(cache, line.substring("StoreDir: ".length()), store.storeDir().path()));
      }
    }
    return true;
  }

  /// Copies the closure of these paths from the cache; answers how many were not here. Without
  /// `trust` signatures are not looked at.
  public int copyFrom(Collection<StorePath> paths, @Nullable Trust trust)
      throws KilnException, IOException {
    if (!checkStoreDir()) {
      throw new KilnException("there is no binary cache in " + cache);
    }
    var copied = 0;
    var seen = new HashSet<StorePath>();
    for (var path : new TreeSet<>(paths)) {
      copied += fetch(path, trust, seen);
    }
    store.flush();
    return copied;
  }

  private int fetch(StorePath path, @Nullable Trust trust, Set<StorePath> seen)
      throws KilnException, IOException {
    if (!seen.add(path)) {
      return 0;
    }
    store.addTemporaryRoots(Set.of(path));
    if (store.isValid(path)) {
      return 0;
    }
    var info = read(path);
    if (trust != null) {
      trust.check(store.storeDir(), info.info());
    }
    var copied = 1;
    for (var reference : info.info().references()) {
      copied += fetch(reference, trust, seen);
    }
    install(info);
    return copied;
  }

  private NarInfo read(StorePath path) throws KilnException, IOException {
    var file = cache.resolve(path.hashPart() + ".narinfo");
    try {
      var text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      var info = NarInfo.parse(store.storeDir(), "" + file, text);
      if (!info.info().path().equals(path)) {
        throw new KilnException(file + " is about " + info.info().path() + ", not " + path);
      }
      return info;
    } catch (NoSuchFileException e) {
      throw new KilnException(
          "path '%s' is not in the binary cache %s"
              .formatted(store.storeDir().resolve(path), cache),
          null,
          e);
    }
  }

  private void install(NarInfo info) throws KilnException, IOException {
    var tree = unpack(info);
    try {
      checkAddress(info.info(), tree);
      DerivationFiles.check(store, info.info().path().name(), tree);
      store.install(info.info(), tree);
    } finally {
      Trees.delete(Objects.requireNonNull(tree.getParent()));
    }
  }

  /// Unpacks the NAR of a path that the cache has with exactly the hash that the store's record
  /// says, below a staging directory. Such a copy needs no signature.
  Optional<Path> findCopy(PathInfo wanted) throws KilnException, IOException {
    if (!checkStoreDir() || !Files.exists(cache.resolve(wanted.path().hashPart() + ".narinfo"))) {
      return Optional.empty();
    }
    var found = read(wanted.path());
    if (!found.info().narHash().equals(wanted.narHash())) {
      return Optional.empty();
    }
    return Optional.of(unpack(found));
  }

  /// Unpacks the NAR of a narinfo, which must have the hash that it says, to a canonical tree with
  /// a name of its own in a new staging directory.
  private Path unpack(NarInfo info) throws KilnException, IOException {
    var nar = cache.resolve(info.url()).normalize();
    if (!nar.startsWith(cache)) {
      throw new KilnException("the NAR of " + info.info().path() + " lies outside of its cache");
    }
    checkFile(info, nar);
    var staging = store.newStaging();
    var tree = staging.resolve("x");
    var whole = false;
    try (var in =
        new BufferedInputStream(
            Compression.parse(info.compression()).decompress(Files.newInputStream(nar)), 1 << 17)) {
      check(info.info(), NarReader.restoreHashed(in, tree));
      store.canonicaliseUnpacked(tree);
      whole = true;
      return tree;
    } finally {
      if (!whole) {
        Trees.delete(staging);
      }
    }
  }

  private void check(PathInfo info, NarHash found) throws KilnException {
    if (!found.equals(new NarHash(info.narHash(), info.narSize()))) {
      throw new KilnException(
          "hash mismatch importing path '%s': expected '%s', got '%s'"
              .formatted(
                  store.storeDir().resolve(info.path()),
                  info.narHash().prefixedNix32(),
                  found.hash().prefixedNix32()));
    }
  }

  private static void checkFile(NarInfo info, Path nar) throws KilnException {
    var facts = info.file();
    var expected = facts == null ? null : facts.hash();
    if (expected != null && !HashOperation.file(nar, expected.algorithm()).equals(expected)) {
      throw new KilnException(nar + " is not the file that its narinfo speaks of");
    }
  }

  /// What claims a content address must have it.
  private void checkAddress(PathInfo info, Path tree) throws KilnException, IOException {
    if (info.ca() == null) {
      return;
    }
    var address = ContentAddress.parse(info.ca());
    var hash = new SelfHash(address.hash().algorithm(), info.path().hashPart());
    if (address.method() == ContentAddress.Method.NAR) {
      NarWriter.dump(tree, hash);
    } else {
      Files.copy(tree, hash);
    }
    if (!hash.digest().equals(address.hash())) {
      throw new KilnException(
          "path '%s' does not have the content address that its narinfo gives it"
              .formatted(store.storeDir().resolve(info.path())));
    }
  }
}
