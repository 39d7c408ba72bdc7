package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.PackageId;
import dev.kiln.memo.Memo;
import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A workspace, a store and caches in a directory, and fetching with them.
final class FetchBench {
  final Path root;
  final Store store;
  final List<BuildEvent> events = new CopyOnWriteArrayList<>();

  FetchBench(Path root) throws KilnException, IOException {
    this.root = root;
    this.store = Store.open(root.resolve("store"), StoreDir.DEFAULT);
    Files.createDirectories(root.resolve("ws/.cargo"));
  }

  Path downloads() {
    return root.resolve("cache/crates");
  }

  Path cargoHome() {
    return root.resolve("cargo");
  }

  void configure(String toml) throws IOException {
    Files.writeString(root.resolve("ws/.cargo/config.toml"), toml);
  }

  CargoConfig config() throws KilnException {
    return CargoConfig.load(root.resolve("ws"), cargoHome(), new TreeMap<>(), List.of());
  }

  Fetcher fetcher(boolean offline) throws KilnException {
    var settings =
        new HttpSettings(
            offline,
            2,
            Duration.ofMillis(700),
            Duration.ofMillis(10),
            true,
            "test",
            null,
            List.of(),
            new TreeMap<>());
    return new Fetcher(
        store,
        new Memo(root.resolve("cache/memo")),
        SourceMap.of(config()),
        settings,
        new Fetcher.Caches(downloads(), cargoHome()),
        events::add);
  }

  SortedMap<PackageId, StorePath> fetch(Wanted... wanted)
      throws KilnException, InterruptedException {
    try (var fetcher = fetcher(false)) {
      return fetcher.fetch(List.of(wanted));
    } finally {
      // nothing may be written any more when the test's folder is deleted
      store.flush();
    }
  }

  SortedMap<PackageId, StorePath> fetchOffline(Wanted... wanted)
      throws KilnException, InterruptedException {
    try (var fetcher = fetcher(true)) {
      return fetcher.fetch(List.of(wanted));
    } finally {
      // nothing may be written any more when the test's folder is deleted
      store.flush();
    }
  }

  /// Fetches one package and returns its object.
  StorePath object(Wanted wanted) throws KilnException, InterruptedException {
    return Objects.requireNonNull(fetch(wanted).get(wanted.id()));
  }

  /// Returns the text of a file of a fetched package.
  String read(StorePath object, String file) throws IOException {
    return Files.readString(store.physical(object).resolve(file));
  }

  List<String> downloaded() throws IOException {
    try (var entries = Files.list(downloads())) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
