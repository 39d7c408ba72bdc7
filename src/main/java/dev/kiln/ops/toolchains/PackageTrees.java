package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.archive.ComponentArchive;
import dev.kiln.archive.DebArchive;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.fetch.Downloads;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.memo.Memo;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.debian.LockedPackage;
import dev.kiln.toolchain.debian.PackageLock;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Makes locked packages store objects, each unpacked by itself, so that every tree which has a
/// package shares its files.
final class PackageTrees {
  /// Raised when the way in which packages are unpacked changes.
  private static final String FORMAT = "1";

  private static final int DOWNLOADS_AT_ONCE = 8;

  private final Store store;
  private final Memo memo;
  private final EventSink events;
  private final Mirrors mirrors;
  private final HttpSettings http;
  private final String toolchain;
  private final Semaphore downloading = new Semaphore(DOWNLOADS_AT_ONCE);
  private final Semaphore unpacking =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors()));

  PackageTrees(
      Store store,
      Memo memo,
      EventSink events,
      Mirrors mirrors,
      HttpSettings http,
      String toolchain) {
    this.store = store;
    this.memo = memo;
    this.events = events;
    this.mirrors = mirrors;
    this.http = http;
    this.toolchain = toolchain;
  }

  /// Returns the object of each package, in the order given; downloads those that are not there,
  /// after saying how much that is. `only` is a path that all that is wanted lies below, or empty.
  List<StorePath> require(String what, Collection<LockedPackage> packages, String only)
      throws KilnException, InterruptedException {
    var found = new HashMap<String, StorePath>();
    var missing = new ArrayList<LockedPackage>();
    for (var pkg : packages) {
      var known = known(pkg, only);
      if (known.isPresent()) {
        found.put(pkg.id(), known.get());
      } else {
        missing.add(pkg);
      }
    }
    store.addTemporaryRoots(found.values());
    found.putAll(bring(what, missing, only));
    var objects = new ArrayList<StorePath>();
    for (var pkg : packages) {
      var object = found.get(pkg.id());
      if (object == null) {
        throw new IllegalStateException(pkg.id() + " was not brought");
      }
      objects.add(object);
    }
    return objects;
  }

  /// Returns a package's object, where it is in the store.
  Optional<StorePath> known(LockedPackage pkg, String only) throws KilnException {
    var known = memo.find("deb", key(pkg, only)).map(StorePath::new);
    return known.isPresent() && store.isValid(known.get()) ? known : Optional.empty();
  }

  /// Returns the mirrors of every archive that a lock names.
  List<String> mirrors(PackageLock lock) throws KilnException {
    var archives = new TreeSet<String>();
    lock.packages().forEach(pkg -> archives.add(pkg.archive()));
    var found = new ArrayList<String>();
    for (var archive : archives) {
      found.add(mirrors.require(archive));
    }
    return found;
  }

  private String key(LockedPackage pkg, String only) {
    return FORMAT + "\n" + store.storeDir().path() + "\n" + pkg.sha256().hex() + "\n" + only;
  }

  private Map<String, StorePath> bring(String what, List<LockedPackage> missing, String only)
      throws KilnException, InterruptedException {
    var found = new HashMap<String, StorePath>();
    if (missing.isEmpty()) {
      return found;
    }
    events.accept(new BuildEvent.Status("Downloading", what + ": " + Weight.of(missing).text()));
    var staging = store.newStaging();
    try (var downloads = new Downloads(http);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var ended = new ExecutorCompletionService<Map.Entry<String, StorePath>>(threads);
      for (var pkg : missing) {
        ended.submit(() -> Map.entry(pkg.id(), bring(downloads, pkg, only, staging)));
      }
      try {
        for (int i = 0; i < missing.size(); i++) {
          var entry = ended.take().get();
          found.put(entry.getKey(), entry.getValue());
        }
      } catch (ExecutionException e) {
        throw failure(e.getCause());
      } finally {
        threads.shutdownNow();
      }
    }
    return found;
  }

  private static KilnException failure(@Nullable Throwable cause) throws InterruptedException {
    return switch (cause) {
      case KilnException e -> e;
      case InterruptedException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> throw new IllegalStateException(cause);
    };
  }

  private StorePath bring(Downloads downloads, LockedPackage pkg, String only, Path staging)
      throws KilnException, InterruptedException {
    var suffix = pkg.file().replaceFirst(".*?(\\.deb|\\.tar\\.[a-z0-9]+)$", "$1");
    var deb = staging.resolve(place(pkg) + suffix);
    downloading.acquire();
    try {
      download(downloads, pkg, deb);
    } finally {
      downloading.release();
    }
    unpacking.acquire();
    try {
      return unpack(pkg, only, deb, staging);
    } finally {
      unpacking.release();
    }
  }

  private static String place(LockedPackage pkg) {
    return pkg.id().replaceAll("[^a-z0-9+.-]", "_");
  }

  private void download(Downloads downloads, LockedPackage pkg, Path deb)
      throws KilnException, InterruptedException {
    var address = mirrors.require(pkg.archive()) + "/" + pkg.file();
    var got = downloads.get("the package `" + pkg.name() + "`", URI.create(address), deb);
    var renew =
        "run `kiln toolchain lock "
            + toolchain
            + "`, or name a mirror that keeps old versions in kiln's config.toml";
    if (got.isEmpty()) {
      throw new KilnException(
          "the package "
              + pkg.name()
              + " "
              + pkg.version()
              + " that the toolchain `"
              + toolchain
              + "` is locked to is gone from "
              + address
              + ": the archive has replaced it",
          renew);
    }
    if (!got.get().equals(pkg.sha256())) {
      throw new KilnException(
          "what "
              + address
              + " has is not the locked package: its SHA-256 is "
              + got.get().hex()
              + " and not "
              + pkg.sha256().hex(),
          renew);
    }
  }

  private StorePath unpack(LockedPackage pkg, String only, Path deb, Path staging)
      throws KilnException {
    var tree = staging.resolve(place(pkg));
    try {
      Files.createDirectory(tree);
      if (deb.toString().endsWith(".deb")) {
        DebArchive.unpack(deb, only, tree);
      } else {
        ComponentArchive.unpack(deb, tree);
      }
      Files.delete(deb);
    } catch (IOException e) {
      throw new KilnException("cannot unpack " + deb, null, e);
    }
    var name = pkg.name() + "-" + pkg.version().replaceAll("[^0-9a-zA-Z+._?=-]", "_");
    var object = store.adopt(name, tree, Collections.emptySortedSet());
    store.addTemporaryRoots(Collections.singleton(object));
    memo.keep("deb", key(pkg, only), object.baseName());
    return object;
  }
}
