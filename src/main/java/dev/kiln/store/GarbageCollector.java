package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.archive.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Deletes what no root keeps (nix-store.md §11). Works beside builds: each step first looks again
/// at what living processes protect, and leaves alone what one of them has locked.
public final class GarbageCollector {
  private static final int STEP = 100;
  private static final long COLLECTING = RangeLocks.place(RangeLocks.Kind.GATE, 1);

  /// Answers which outputs a derivation has, as far as its text says.
  public interface DerivationOutputs {
    SortedSet<StorePath> of(StorePath derivation) throws KilnException;
  }

  /// What a collection does. `maxFreed` ends it once more bytes than that are freed.
  public record Options(boolean keepOutputs, boolean keepDerivations, long maxFreed) {
    /// Nix's defaults.
    public static final Options DEFAULT = new Options(false, true, Long.MAX_VALUE);

    public Options withMaxFreed(long bytes) {
      return new Options(keepOutputs, keepDerivations, bytes);
    }
  }

  /// What a collection found: valid paths that live, and names in the store directory that are
  /// dead, those that are no valid path too.
  public record Survey(
      SortedSet<StorePath> live, SortedSet<StorePath> dead, SortedSet<String> junk) {}

  /// What a collection deleted: valid paths, in that order, then names in the store directory that
  /// were no valid path; and how much room that made on the disk.
  public record Freed(List<StorePath> paths, List<String> junk, long bytes) {
    public static final Freed NOTHING = new Freed(List.of(), List.of(), 0);

    public Freed {
      paths = List.copyOf(paths);
      junk = List.copyOf(junk);
    }
  }

  private final Store store;
  private final StoreLayout layout;
  private final StoreProcess process;
  private final DerivationOutputs outputs;

  public GarbageCollector(Store store, DerivationOutputs outputs) {
    this.store = store;
    this.layout = store.layout();
    this.process = store.process();
    this.outputs = outputs;
  }

  /// Returns every root that keeps a valid path.
  public List<GcRoot> roots() throws KilnException {
    store.flush();
    try {
      return new RootFinder(store).find();
    } catch (IOException e) {
      throw StoreFailure.of("cannot look for roots", layout.root(), e);
    }
  }

  /// Says what lives and what is dead, and deletes nothing.
  public Survey survey(Options options) throws KilnException {
    var graph = new StoreGraph(store);
    return survey(liveness(graph, options));
  }

  private Liveness liveness(StoreGraph graph, Options options) throws KilnException {
    var rule = new Liveness.Rule(options.keepOutputs, options.keepDerivations);
    return new Liveness(graph, rule, outputs::of, store.realisations());
  }

  private Survey survey(Liveness liveness) throws KilnException {
    var valid = store.validPaths();
    var live = liveness.add(roots().stream().map(GcRoot::path).toList());
    var dead = new TreeSet<>(valid);
    dead.removeAll(live);
    return new Survey(live, dead, junk(valid));
  }

  /// Returns how many bytes deleting what is dead would free.
  public long bytes(Survey survey) throws KilnException {
    try {
      var room = new FreedBytes(layout);
      var bytes = 0L;
      for (var path : survey.dead) {
        bytes += room.add(layout.object(path));
      }
      for (var name : survey.junk) {
        bytes += room.add(layout.objects().resolve(name));
      }
      return bytes;
    } catch (IOException e) {
      throw StoreFailure.of("cannot tell the size of what is dead", layout.objects(), e);
    }
  }

  private SortedSet<String> junk(Set<StorePath> valid) throws KilnException {
    try {
      var junk = new TreeSet<String>(StoreProcess.names(layout.objects()));
      junk.remove(".links");
      valid.forEach(path -> junk.remove(path.baseName()));
      return junk;
    } catch (IOException e) {
      throw StoreFailure.of("cannot list the store", layout.objects(), e);
    }
  }

  /// Deletes what is dead.
  public Freed collect(Options options) throws KilnException, InterruptedException {
    try (var _ = process.locks.acquire(COLLECTING, () -> {})) {
      var graph = new StoreGraph(store);
      var liveness = liveness(graph, options);
      var survey = survey(liveness);
      var order = graph.sorted(survey.dead).reversed();
      return sweep(order, survey.junk, new Sweep(liveness, options.maxFreed));
    } catch (IOException e) {
      throw StoreFailure.of("cannot collect garbage", layout.root(), e);
    }
  }

  /// Deletes these paths and no others. Throws where one of them lives or has a referrer that is
  /// not among them; with `ignoreLiveness` only the latter counts.
  public Freed delete(Collection<StorePath> paths, boolean ignoreLiveness)
      throws KilnException, InterruptedException {
    try (var _ = process.locks.acquire(COLLECTING, () -> {})) {
      var graph = new StoreGraph(store);
      var rule = new Liveness.Rule(false, false);
      var liveness = new Liveness(graph, rule, outputs::of, List.of());
      var live =
          liveness.add(ignoreLiveness ? List.of() : roots().stream().map(GcRoot::path).toList());
      var valid = new TreeSet<StorePath>();
      var junk = new TreeSet<String>();
      for (var path : paths) {
        checkDeletable(path, graph, live, paths);
        if (store.isValid(path)) {
          valid.add(path);
        } else if (Files.exists(layout.object(path), LinkOption.NOFOLLOW_LINKS)) {
          junk.add(path.baseName());
        }
      }
      var sweep = new Sweep(liveness, Long.MAX_VALUE);
      return sweep(graph.sorted(valid).reversed(), junk, sweep);
    } catch (IOException e) {
      throw StoreFailure.of("cannot delete paths", layout.root(), e);
    }
  }

  private void checkDeletable(
      StorePath path, StoreGraph graph, Set<StorePath> live, Collection<StorePath> deleted)
      throws KilnException {
    var referrers = new TreeSet<>(graph.referrers(path));
    referrers.remove(path);
    referrers.removeIf(deleted::contains);
    if (live.contains(path) || !referrers.isEmpty()) {
      throw new KilnException(
          "cannot delete path '" + store.storeDir().resolve(path) + "' since it is still alive",
          live.contains(path)
              ? "to find out why, use `kiln store query --roots " + path + "`"
              : store.storeDir().resolve(referrers.first()) + " refers to it: delete that one too");
    }
  }

  /// The state of one collection.
  private final class Sweep {
    private final Liveness liveness;
    private final long maxFreed;
    private final FreedBytes room = new FreedBytes(layout);
    private Set<StorePath> live = Set.of();
    private final List<StorePath> paths = new ArrayList<>();
    private final List<String> junk = new ArrayList<>();
    private long bytes;

    private Sweep(Liveness liveness, long maxFreed) {
      this.liveness = liveness;
      this.maxFreed = maxFreed;
    }

    private boolean isDone() {
      return bytes > maxFreed || maxFreed == 0;
    }
  }

  private Freed sweep(List<StorePath> dead, Collection<String> junk, Sweep sweep)
      throws IOException, KilnException, InterruptedException {
    var trash = process.newStaging();
    try {
      for (var from = 0; from < dead.size() && !sweep.isDone(); from += STEP) {
        var step = dead.subList(from, Math.min(dead.size(), from + STEP));
        deciding(sweep, () -> bury(step, sweep, trash));
        emptyTrash(trash);
      }
      if (!junk.isEmpty() && !sweep.isDone()) {
        deciding(sweep, () -> buryJunk(junk, sweep, trash));
      }
    } finally {
      Trees.delete(trash);
    }
    forgetRealisations();
    unshare();
    return new Freed(sweep.paths, sweep.junk, sweep.bytes);
  }

  /// Work inside a step of the gate, which may fail in kiln's way too.
  private interface Decision {
    void run() throws IOException, KilnException;
  }

  private void deciding(Sweep sweep, Decision decision)
      throws IOException, KilnException, InterruptedException {
    var failure = new ArrayList<KilnException>();
    process.gate.deciding(() -> {
      try {
        sweep.live = sweep.liveness.add(process.temporaryRoots());
        decision.run();
      } catch (KilnException e) {
        failure.add(e);
      }
    });
    if (!failure.isEmpty()) {
      throw failure.getFirst();
    }
  }

  private void bury(List<StorePath> dead, Sweep sweep, Path trash)
      throws IOException, KilnException {
    for (var path : dead) {
      if (sweep.isDone() || sweep.live.contains(path)) {
        continue;
      }
      var lock = process.locks.tryAcquire(RangeLocks.place(RangeLocks.Kind.OBJECT, path));
      if (lock.isEmpty()) {
        sweep.live = sweep.liveness.add(List.of(path));
        continue;
      }
      try (var _ = lock.get()) {
        sweep.bytes += sweep.room.add(layout.object(path));
        Files.deleteIfExists(layout.info(path));
        Files.deleteIfExists(layout.fileList(path));
        discard(layout.object(path), trash);
        sweep.paths.add(path);
      }
    }
  }

  private void buryJunk(Collection<String> names, Sweep sweep, Path trash)
      throws IOException, KilnException {
    var protectedPaths = process.temporaryRoots();
    for (var name : names) {
      if (sweep.isDone()) {
        return;
      }
      var found = StorePath.find(name);
      if (found.isEmpty()) {
        buryJunk(name, sweep, trash);
        continue;
      }
      var path = found.get();
      var lock = process.locks.tryAcquire(RangeLocks.place(RangeLocks.Kind.OBJECT, path));
      if (lock.isPresent()) {
        try (var _ = lock.get()) {
          if (!protectedPaths.contains(path) && !store.isValid(path)) {
            buryJunk(name, sweep, trash);
          }
        }
      }
    }
  }

  private void buryJunk(String name, Sweep sweep, Path trash) throws IOException {
    var place = layout.objects().resolve(name);
    sweep.bytes += sweep.room.add(place);
    discard(place, trash);
    sweep.junk.add(name);
  }

  private void discard(Path object, Path trash) throws IOException {
    try {
      Canonical.unseal(object);
      Files.move(object, trash.resolve(process.unique()), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return; // gone already
    }
  }

  private static void emptyTrash(Path trash) throws IOException {
    for (var name : StoreProcess.names(trash)) {
      Trees.delete(trash.resolve(name));
    }
  }

  /// A realisation without all of its outputs is no use.
  private void forgetRealisations() throws IOException, KilnException {
    for (var realisation : store.realisations()) {
      for (var output : realisation.outputs().values()) {
        if (!store.isValid(output)) {
          Files.deleteIfExists(layout.realisation(realisation.derivation()));
          break;
        }
      }
    }
  }

  /// Drops shared files that no object has any more.
  private void unshare() throws IOException {
    if (!Files.isDirectory(layout.links(), LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    for (var name : StoreProcess.names(layout.links())) {
      var link = layout.links().resolve(name);
      if (Integer.valueOf(1)
          .equals(Files.getAttribute(link, "unix:nlink", LinkOption.NOFOLLOW_LINKS))) {
        Files.deleteIfExists(link);
      }
    }
  }

  /// Drops the root records of workspaces that were not built since `limit`; answers their names.
  public List<String> dropRecordsBefore(Instant limit) throws KilnException {
    try {
      var dropped = new ArrayList<String>();
      for (var record : store.roots().records()) {
        if (record.written().isBefore(limit)) {
          Files.deleteIfExists(record.file());
          dropped.add(record.name());
        }
      }
      return dropped;
    } catch (IOException e) {
      throw StoreFailure.of("cannot drop old root records", layout.rootRecords(), e);
    }
  }
}
