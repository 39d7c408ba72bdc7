package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;
import dev.kiln.plan.CompileOptions;

/// Finds out what there is to compile, and compiles nothing.
public final class PlanOperation {
  private PlanOperation() {}

  /// Reads the workspace, its lock and configuration, and plans.
  public static Planned run(Settings settings, CompileOptions options, EventSink events)
      throws KilnException, InterruptedException {
    throw new KilnException("not written yet");
  }
}
