package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.fetch.Fetcher;
import dev.kiln.fetch.PatchedSources;
import dev.kiln.fetch.Wanted;
import dev.kiln.lockfile.Resolution;
import dev.kiln.manifest.CrateOverride;
import dev.kiln.manifest.KilnToml;
import dev.kiln.manifest.ManifestReader;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.Workspace;
import dev.kiln.memo.Memo;
import dev.kiln.resolve.PackageSource;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The packages of one command: path packages from where they are, all others brought into the
/// store when they are first needed, their manifests read side by side.
final class StorePackages implements PackageSource {
  private final Workspace workspace;
  private final Resolution resolution;
  private final ManifestReader reader;
  private final Store store;
  private final Fetcher fetcher;
  private final PatchedSources patched;
  private final List<CrateOverride> overrides;
  private final Map<PackageId, Package> loaded = new ConcurrentHashMap<>();
  private final SortedMap<PackageId, StorePath> objects = new TreeMap<>();

  StorePackages(
      Workspace workspace,
      Resolution resolution,
      ManifestReader reader,
      Store store,
      Fetcher fetcher,
      Memo memo)
      throws KilnException {
    this.patched = new PatchedSources(store, memo);
    this.overrides = KilnToml.read(workspace.root()).overrides();
    this.workspace = workspace;
    this.resolution = resolution;
    this.reader = reader;
    this.store = store;
    this.fetcher = fetcher;
    workspace.localPackages().forEach(pkg -> loaded.put(pkg.id(), pkg));
  }

  @Override
  public Optional<Package> find(PackageId id) {
    return Optional.ofNullable(loaded.get(id));
  }

  @Override
  public void load(Collection<PackageId> ids) throws KilnException, InterruptedException {
    var wanted = new ArrayList<Wanted>();
    for (var id : ids) {
      if (id.source().isPath()) {
        throw brokenPath(id);
      }
      var checksum = resolution.checksums().get(id);
      wanted.add(new Wanted(id, checksum == null ? null : digest(id, checksum)));
    }
    var fetched = new TreeMap<PackageId, StorePath>();
    for (var entry : fetcher.fetch(wanted).entrySet()) {
      fetched.put(entry.getKey(), patched(entry.getKey(), entry.getValue()));
    }
    objects.putAll(fetched);
    read(fetched);
  }

  private StorePath patched(PackageId id, StorePath source) throws KilnException {
    var patches = new ArrayList<Path>();
    for (var override : overrides) {
      if (override.concerns(id)) {
        override.patches().forEach(patch -> patches.add(workspace.root().resolve(patch)));
      }
    }
    return patches.isEmpty() ? source : patched.patch(id, source, patches);
  }

  @Override
  public List<CrateOverride> overrides() {
    return overrides;
  }

  /// Returns the object of each package that was loaded from elsewhere.
  SortedMap<PackageId, StorePath> objects() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(objects));
  }

  private KilnException brokenPath(PackageId id) {
    var failure = workspace.brokenPaths().get(id.source());
    return failure != null
        ? failure
        : new KilnException("no path package of this workspace is " + id + " of " + id.source());
  }

  private void read(SortedMap<PackageId, StorePath> fetched)
      throws KilnException, InterruptedException {
    var readings = new ArrayList<Callable<Package>>();
    fetched.forEach((id, object) -> readings.add(() -> read(id, object)));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var pkg : results(threads.invokeAll(readings))) {
        loaded.put(pkg.id(), pkg);
      }
    }
  }

  /// Reads a manifest; what is wrong with it is told as Cargo tells it of a download.
  private Package read(PackageId id, StorePath object) throws KilnException {
    try {
      return reader.read(store.physical(object).resolve("Cargo.toml"), id.source());
    } catch (KilnException e) {
      var source = id.source().described();
      throw new KilnException(
          "failed to download `" + id.described() + "`",
          null,
          new KilnException(
              "unable to get packages from source",
              null,
              fetcher.isReplaced(id.source())
                  ? new KilnException("failed to download replaced source " + source, null, e)
                  : e));
    }
  }

  private static Digest digest(PackageId id, String checksum) throws KilnException {
    try {
      return Digest.parse(checksum, HashAlgorithm.SHA256);
    } catch (KilnException e) {
      throw new KilnException(
          "checksum for `" + id + "` changed between lock files",
          "Cargo.lock has `" + checksum + "`, which is no SHA-256: make the lock file anew",
          e);
    }
  }

  private static List<Package> results(List<Future<Package>> readings)
      throws KilnException, InterruptedException {
    var packages = new ArrayList<Package>();
    for (var reading : readings) {
      try {
        packages.add(reading.get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof KilnException failure) {
          throw failure;
        }
        throw new IllegalStateException(e);
      }
    }
    return packages;
  }
}
