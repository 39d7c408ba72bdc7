package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;
import dev.kiln.fetch.Fetcher;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.fetch.Published;
import dev.kiln.fetch.SourceMap;
import dev.kiln.fetch.Wanted;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.VersionReq;
import dev.kiln.memo.Memo;
import dev.kiln.store.Store;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds a published crate in its registry's index and brings it into the store (Cargo:
/// ops/cargo_install.rs, `select_pkg`).
final class InstallSource {
  private final Settings settings;
  private final CargoConfig config;
  private final EventSink events;

  InstallSource(Settings settings, CargoConfig config, EventSink events) {
    this.settings = settings;
    this.config = config;
    this.events = events;
  }

  /// A crate whose files lie in a directory of the store.
  record Unpacked(PackageId id, Path directory) {}

  /// Returns the newest version that the requirement allows and that was not yanked.
  Unpacked find(String crate, VersionReq version, @Nullable String registry)
      throws KilnException, InterruptedException {
    var source = registry == null ? SourceId.CRATES_IO : config.registry(registry);
    var store = Store.open(settings.places().storeRoot(), settings.places().storeDir());
    var cache = settings.places().cache();
    try (var fetcher =
        new Fetcher(
            store,
            new Memo(cache.resolve("memo")),
            SourceMap.of(config),
            HttpSettings.of(config, settings.network().offline()),
            new Fetcher.Caches(cache.resolve("crates"), Surroundings.cargoHome(settings)),
            events)) {
      var chosen = choose(fetcher.published(source, crate), crate, version, registry);
      var id = new PackageId(chosen.name(), chosen.version(), source);
      var objects = fetcher.fetch(List.of(new Wanted(id, chosen.checksum())));
      var object = objects.get(id);
      if (object == null) {
        throw new IllegalStateException("the fetcher gave no object for " + id);
      }
      return new Unpacked(id, store.physical(object));
    }
  }

  private static Published choose(
      List<Published> all, String crate, VersionReq version, @Nullable String registry)
      throws KilnException {
    var matching = all.stream().filter(p -> version.matches(p.version())).toList();
    var usable = matching.stream().filter(p -> !p.yanked()).toList();
    if (usable.isEmpty()) {
      throw new KilnException(
          matching.isEmpty()
              ? "could not find `%s` in registry `%s` with version `%s`"
                  .formatted(crate, registry == null ? "crates-io" : registry, version)
              : "cannot install package `%s`, it has been yanked from registry `%s`"
                  .formatted(crate, registry == null ? "crates-io" : registry),
          all.isEmpty() ? null : "its newest version is " + newest(all).version());
    }
    return newest(usable);
  }

  private static Published newest(List<Published> some) {
    return some.stream().max(Comparator.comparing(Published::version)).orElseThrow();
  }
}
