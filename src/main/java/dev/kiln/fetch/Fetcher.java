package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.archive.CrateArchive;
import dev.kiln.digest.Digest;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.lockfile.Offers;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.memo.Memo;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Brings packages into the store: each is one object `NAME-VERSION`, made only after the hash of
/// its `.crate` was checked.
///
/// Which object a checksum gave is remembered, so that a second run reads no archive and asks no
/// server. Packages of path sources are the user's own and are left out.
public final class Fetcher implements AutoCloseable {
  /// Where downloads are kept, and where Cargo keeps its own (null for none).
  public record Caches(Path downloads, @Nullable Path cargoHome) {}

  private final Store store;
  private final Memo memo;
  private final SourceMap sources;
  private final EventSink events;
  private final Network network;
  private final Semaphore unpacking =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors()));
  private final Map<Source, Registry> registries = new HashMap<>();
  private final Map<Path, VendoredPackages> directories = new HashMap<>();

  public Fetcher(
      Store store, Memo memo, SourceMap sources, HttpSettings http, Caches caches, EventSink events)
      throws KilnException {
    this.store = store;
    this.memo = memo;
    this.sources = sources;
    this.events = events;
    this.network = new Network(http, new CrateFiles(caches.downloads(), caches.cargoHome()));
  }

  /// Returns the object of each package that is not a path package; all are protected from garbage
  /// collection as long as this process lives.
  public SortedMap<PackageId, StorePath> fetch(Collection<Wanted> packages)
      throws KilnException, InterruptedException {
    var fetched = packages.stream().filter(wanted -> !wanted.id().source().isPath()).toList();
    var known = remembered(fetched);
    store.addTemporaryRoots(known.values());
    var found = new TreeMap<PackageId, StorePath>();
    var missing = new ArrayList<Wanted>();
    for (var wanted : fetched) {
      var object = known.get(wanted.id());
      if (object != null && store.isValid(object)) {
        found.put(wanted.id(), object);
      } else {
        missing.add(wanted);
      }
    }
    found.putAll(bring(missing));
    return Collections.unmodifiableSortedMap(found);
  }

  /// Returns the versions of a crate in a source's index.
  public List<Published> published(SourceId source, String name)
      throws KilnException, InterruptedException {
    var place = sources.resolve(source);
    if (place instanceof Source.Directory || place instanceof Source.Git) {
      throw new KilnException(place.described() + " has no index that names versions");
    }
    return registry(place).published(name);
  }

  /// Says whether packages of the source are had from another place.
  public boolean isReplaced(SourceId source) throws KilnException {
    return !sources.resolve(source).equals(Source.of(source));
  }

  /// Returns what resolution may ask the sources.
  public Offers offers() {
    return new SourceOffers(sources, this::registry, this::vendored, network.isForbidden());
  }

  /// Returns what was remembered of `.crate` files by their hashes: in one answer where the same
  /// packages were wanted together before, else one by one.
  private Map<PackageId, StorePath> remembered(List<Wanted> packages) throws KilnException {
    var keys = new TreeMap<PackageId, String>();
    for (var wanted : packages) {
      var checksum = wanted.checksum();
      if (checksum != null && isRegistry(sources.resolve(wanted.id().source()))) {
        keys.put(wanted.id(), key(wanted.id(), checksum));
      }
    }
    var known = new HashMap<PackageId, StorePath>();
    var together = String.join("\n", keys.values());
    var lines = memo.find("crates", together).map(text -> text.lines().toList()).orElse(List.of());
    if (lines.size() == keys.size()) {
      var objects = lines.iterator();
      keys.keySet().forEach(id -> known.put(id, new StorePath(objects.next())));
      return known;
    }
    var answer = new StringBuilder();
    for (var key : keys.entrySet()) {
      var object = memo.find("crate", key.getValue());
      object.ifPresent(name -> known.put(key.getKey(), new StorePath(name)));
      object.ifPresent(name -> answer.append(name).append('\n'));
    }
    if (known.size() == keys.size() && known.size() > 1) {
      memo.keep("crates", together, answer.toString());
    }
    return known;
  }

  private static boolean isRegistry(Source source) {
    return source instanceof Source.Sparse
        || source instanceof Source.GitIndex
        || source instanceof Source.Local;
  }

  private String key(PackageId id, Digest checksum) {
    return store.storeDir().path() + "\n" + id.name() + "-" + id.version() + "\n" + checksum.hex();
  }

  /// Brings what is not there, many at a time; the first failure ends the others.
  private Map<PackageId, StorePath> bring(List<Wanted> missing)
      throws KilnException, InterruptedException {
    var found = new HashMap<PackageId, StorePath>();
    if (missing.isEmpty()) {
      return found;
    }
    long began = System.nanoTime();
    int remote = 0;
    for (var wanted : missing) {
      remote += sources.resolve(wanted.id().source()) instanceof Source.Sparse ? 1 : 0;
    }
    events.accept(new BuildEvent.FetchStarted(remote));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var ended = new ExecutorCompletionService<Map.Entry<PackageId, StorePath>>(threads);
      for (var wanted : missing) {
        ended.submit(() -> Map.entry(wanted.id(), bring(wanted)));
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
    events.accept(new BuildEvent.FetchFinished((System.nanoTime() - began) / 1e9));
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

  private StorePath bring(Wanted wanted) throws KilnException, InterruptedException {
    var id = wanted.id();
    var source = sources.resolve(id.source());
    var brought =
        switch (source) {
          case Source.Directory directory ->
              new Brought(vendored(directory.root()).fetch(wanted), 0);
          case Source.Git git ->
              throw new KilnException(
                  "the package `"
                      + id
                      + "` comes from the git repository "
                      + git.url()
                      + ", and git dependencies are not supported yet",
                  "run `cargo vendor` and let `[source]` in .cargo/config.toml point to it");
          case Source.PathSource path ->
              throw new KilnException(
                  "the package `" + id + "` cannot be had from " + path.described());
          case Source.Sparse _, Source.GitIndex _, Source.Local _ ->
              unpacked(wanted, registry(source));
        };
    events.accept(new BuildEvent.Fetched(id.toString(), brought.bytes()));
    return brought.object();
  }

  private record Brought(StorePath object, long bytes) {}

  private Brought unpacked(Wanted wanted, Registry registry)
      throws KilnException, InterruptedException {
    var id = wanted.id();
    var locked = wanted.checksum();
    var checksum = locked == null ? registry.checksum(id) : locked;
    var crate = registry.crate(id, checksum);
    unpacking.acquire();
    try {
      return new Brought(unpack(id, checksum, crate.file()), crate.bytes());
    } finally {
      unpacking.release();
    }
  }

  private StorePath unpack(PackageId id, Digest checksum, Path crate) throws KilnException {
    var name = id.name() + "-" + id.version();
    var staging = store.newStaging();
    var tree = CrateArchive.unpack(crate, name, staging);
    var object = store.adopt(name, tree, Collections.emptySortedSet());
    try {
      Files.deleteIfExists(staging);
    } catch (IOException e) {
      throw new KilnException("cannot delete " + staging, null, e);
    }
    store.addTemporaryRoots(Collections.singleton(object));
    memo.keep("crate", key(id, checksum), object.baseName());
    return object;
  }

  private synchronized Registry registry(Source source) throws KilnException {
    var known = registries.get(source);
    if (known == null) {
      known =
          switch (source) {
            case Source.Sparse sparse -> new SparseRegistry(sparse.index(), network);
            case Source.Local local -> new LocalRegistry(local.root());
            case Source.GitIndex index ->
                throw new KilnException(
                    "the registry "
                        + index.index()
                        + " has its index in git, which is not supported",
                    "use its sparse index (`sparse+https://…`), a local registry or `cargo"
                        + " vendor`");
            case Source.Directory _, Source.Git _, Source.PathSource _ ->
                throw new IllegalStateException(source + " is no registry");
          };
      registries.put(source, known);
    }
    return known;
  }

  private synchronized VendoredPackages vendored(Path root) {
    return directories.computeIfAbsent(root, path -> new VendoredPackages(path, memo, store));
  }

  @Override
  public void close() {
    network.close();
  }
}
