package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;

/// Builds what was asked for.
public final class BuildOperation {
  private BuildOperation() {}

  /// Plans, realises, and links the result. A unit that fails is a value of the result, and was
  /// said as an event.
  public static BuildResult run(Settings settings, BuildOptions options, EventSink events)
      throws KilnException, InterruptedException {
    throw new KilnException("not written yet");
  }
}
