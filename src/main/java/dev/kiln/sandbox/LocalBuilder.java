package dev.kiln.sandbox;

import dev.kiln.KilnException;
import dev.kiln.builder.Beside;
import dev.kiln.builder.BuildListener;
import dev.kiln.builder.BuildOutcome;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.Builder;
import dev.kiln.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;

/// Runs build requests on this machine, on one rung of the ladder.
///
/// Any number of requests may run at a time, each on its caller's thread.
public final class LocalBuilder implements Builder {
  private final Store store;
  private final Tools tools;
  private final Rung rung;
  private final Path keepIn;

  /// `keepIn` is where the directories of failed runs are moved to if that is asked for; it lies on
  /// the store's file system.
  public LocalBuilder(Store store, Tools tools, Rung rung, Path keepIn) {
    this.store = store;
    this.tools = tools;
    this.rung = rung;
    this.keepIn = keepIn;
  }

  @Override
  public BuildOutcome build(BuildRequest request, Beside beside, BuildListener listener)
      throws KilnException, InterruptedException {
    var run = store.newStaging();
    boolean isOver = false;
    try {
      var outcome =
          rung.means() == Rung.Means.NOTHING
              ? new Unisolated(tools, run, store::physical).build(request, beside, listener)
              : new Isolated(tools, rung, run, store::physical).build(request, beside, listener);
      isOver = outcome instanceof BuildOutcome.Built;
      return outcome instanceof BuildOutcome.Failed(var exit, var isolation, _)
              && beside.keepDirectory()
          ? new BuildOutcome.Failed(exit, isolation, keep(run, request.name()))
          : outcome;
    } finally {
      if (!isOver) {
        discard(run);
      }
    }
  }

  /// Runs a request with the user's standard streams and returns its exit code; nothing that it
  /// makes is kept.
  ///
  /// Throws [KilnException] where this builder has no sandbox to enter.
  public int enter(BuildRequest request, Beside beside) throws KilnException, InterruptedException {
    if (rung.means() == Rung.Means.NOTHING) {
      throw new KilnException(
          "there is no sandbox to enter with --no-sandbox",
          "leave it out, or have the build keep a failed unit's directory with --keep-failed");
    }
    var run = store.newStaging();
    try {
      return new Isolated(tools, rung, run, store::physical).enter(request, beside);
    } finally {
      discard(run);
    }
  }

  /// Says whether this builder can show what it builds amid everything of this machine.
  public boolean hasHostView() {
    return rung.means() == Rung.Means.BUBBLEWRAP;
  }

  /// Runs a request as the user, with the user's standard streams and all that the machine has,
  /// beside which the request's mounts are seen, and returns its exit code. `writable` are further
  /// directories of the machine by sandbox path.
  public int enterAmidHost(BuildRequest request, SortedMap<String, Path> writable)
      throws KilnException, InterruptedException {
    var run = store.newStaging();
    try {
      return new HostView(tools, run, store::physical).enter(request, writable);
    } finally {
      discard(run);
    }
  }

  private Path keep(Path run, String name) throws KilnException {
    try {
      Files.createDirectories(keepIn);
      for (int i = 0; ; i++) {
        var kept = keepIn.resolve(name + "-" + i);
        if (!Files.exists(kept)) {
          return Files.move(run, kept);
        }
      }
    } catch (IOException e) {
      throw new KilnException("cannot keep the build directory in " + keepIn, null, e);
    }
  }

  static void discard(Path tree) throws KilnException {
    try {
      Trees.delete(tree);
    } catch (IOException e) {
      throw new KilnException("cannot delete the build directory " + tree, null, e);
    }
  }
}
