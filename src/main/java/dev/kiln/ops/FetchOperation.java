package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;

/// Brings every package of the lock file into the store, so that a build needs no network (Cargo:
/// ops/cargo_fetch.rs without `--target`: all platforms).
public final class FetchOperation {
  private FetchOperation() {}

  public static void run(Settings settings, EventSink events)
      throws KilnException, InterruptedException {
    try (var ground = Ground.read(settings, events)) {
      ground.packages().load(ground.resolution().packages());
    }
  }
}
