package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.store.GarbageCollector;
import dev.kiln.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Collects garbage by itself where the store's disk gets full (Nix: `min-free`, `max-free`): below
/// `KILN_MIN_FREE` free bytes, until `KILN_MAX_FREE` are free.
///
/// Looks when a build begins and before each foreign builder, at most every [#PAUSE].
public final class FreeSpace {
  private static final long PAUSE = 5_000_000_000L;

  /// What there is room for.
  interface Disk {
    long usable() throws IOException;
  }

  private final Store store;
  private final long minFree;
  private final long maxFree;
  private final Disk disk;
  private final Consumer<String> said;
  private final ReentrantLock looking = new ReentrantLock();
  private long next = System.nanoTime();

  FreeSpace(Store store, long minFree, long maxFree, Disk disk, Consumer<String> said) {
    this.store = store;
    this.minFree = minFree;
    this.maxFree = maxFree;
    this.disk = disk;
    this.said = said;
  }

  /// Reads the limits from the user's environment; without them nothing is ever collected.
  public static FreeSpace of(Store store, Map<String, String> environment, Consumer<String> said)
      throws KilnException {
    var least = environment.getOrDefault("KILN_MIN_FREE", "");
    var most = environment.getOrDefault("KILN_MAX_FREE", "");
    return new FreeSpace(
        store,
        least.isEmpty() ? 0 : CollectOperation.bytes(least),
        most.isEmpty() ? Long.MAX_VALUE : CollectOperation.bytes(most),
        () -> Files.getFileStore(store.root()).getUsableSpace(),
        said);
  }

  /// Collects where too little is free. A disk that garbage cannot empty is not an error here.
  public void keep() throws KilnException, InterruptedException {
    if (minFree == 0 || !looking.tryLock()) {
      return;
    }
    try {
      if (System.nanoTime() - next < 0) {
        return;
      }
      var free = disk.usable();
      if (free < minFree) {
        said.accept("garbage, since only %d MiB are free".formatted(free >> 20));
        var options = GarbageCollector.Options.DEFAULT.withMaxFreed(Math.max(1, maxFree - free));
        var _ = new CollectOperation(store).collector().collect(options);
      }
      next = System.nanoTime() + PAUSE;
    } catch (IOException e) {
      throw new KilnException("cannot tell how much room is left at " + store.root(), null, e);
    } finally {
      looking.unlock();
    }
  }
}
