package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.store.GarbageCollector;
import dev.kiln.store.GcRoot;
import dev.kiln.store.PathInfo;
import dev.kiln.store.Store;
import dev.kiln.store.StoreGraph;
import dev.kiln.store.StorePath;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Collects garbage, and says what keeps paths alive.
public final class CollectOperation {
  private static final Pattern AGE = Pattern.compile("(\\d{1,6})d");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([KMGT]?)");

  private final Store store;
  private final GarbageCollector collector;

  public CollectOperation(Store store) {
    this.store = store;
    this.collector = new GarbageCollector(store, path -> DerivationFiles.outputSet(store, path));
  }

  public GarbageCollector collector() {
    return collector;
  }

  /// Forgets the workspaces that were not built for so long, as Nix forgets old generations: `30d`.
  public List<String> forget(String age, InstantSource clock) throws KilnException {
    var days = AGE.matcher(age);
    if (!days.matches()) {
      throw new KilnException(
          "'" + age + "' is no age", "give a number of days followed by d, such as 30d");
    }
    var limit = clock.instant().minus(Duration.ofDays(Long.parseLong(days.group(1))));
    return collector.dropRecordsBefore(limit);
  }

  /// Reads a number of bytes, with K, M, G or T for powers of 1024 as Nix has it.
  public static long bytes(String text) throws KilnException {
    var size = SIZE.matcher(text);
    if (!size.matches()) {
      throw new KilnException(
          "'" + text + "' is no number of bytes", "give a number, with K, M, G or T if you like");
    }
    var power = size.group(2).isEmpty() ? 0 : "KMGT".indexOf(size.group(2)) + 1;
    return Math.multiplyExact(Long.parseLong(size.group(1)), 1L << (10 * power));
  }

  /// Returns the roots that keep these paths (Nix: `--query --roots`).
  public List<GcRoot> rootsOf(Collection<StorePath> paths) throws KilnException {
    var graph = new StoreGraph(store);
    var keeping = graph.referrersClosure(paths);
    var derived = new TreeSet<StorePath>();
    for (var path : store.validPaths()) {
      var deriver = store.findInfo(path).map(PathInfo::deriver).orElse(null);
      if (deriver != null && keeping.contains(deriver)) {
        derived.add(path);
      }
    }
    keeping.addAll(graph.referrersClosure(derived));
    return collector.roots().stream().filter(root -> keeping.contains(root.path())).toList();
  }
}
