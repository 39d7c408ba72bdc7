package dev.kiln.realise;

import dev.kiln.KilnException;
import dev.kiln.build.BuildContext;
import dev.kiln.builder.Builder;
import dev.kiln.builder.Mount;
import dev.kiln.derivation.Derivations;
import dev.kiln.derivation.UnitInputs;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.BuildEvent.UnitState;
import dev.kiln.event.EventSink;
import dev.kiln.plan.CompileMode;
import dev.kiln.store.Store;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Makes a unit graph real: for each unit, as soon as what it needs is there, finds what an earlier
/// run gave or runs it, and registers what came.
///
/// One virtual thread per unit; [Jobserver] limits how many run. The first failure stops units that
/// have not started, unless `keepGoing`; those that run are finished and registered.
public final class Realiser {
  private final Setup setup;
  private final Levels levels;
  private final Progress progress;
  private final List<UnitResult> results = new ArrayList<>();

  /// Everything that a realisation works with.
  public record Setup(
      BuildContext context,
      Derivations derivations,
      Store store,
      Builder builder,
      Machine machine,
      EventSink events,
      Choices choices) {}

  /// What of this machine is no part of any key: Nix's name of the system, mounts that no
  /// derivation names, whether runs are isolated, the number of jobs, and a way to make a FIFO.
  /// `sysroots` are the mounts that a sysroot's fingerprint stands for; those of the empty one are
  /// for units that name none.
  public record Machine(
      String system,
      List<Mount> ambient,
      SortedMap<String, List<Mount>> sysroots,
      boolean sandboxed,
      int jobs,
      Jobserver.Pipes pipes) {
    public Machine {
      ambient = List.copyOf(ambient);
      sysroots = Collections.unmodifiableSortedMap(new TreeMap<>(sysroots));
    }
  }

  /// How to go on: after a failure, with the build directory of a failed run, with units that are
  /// already there (`check` runs them once more and compares), without running any (`dryRun`), and
  /// the moment the command began, as [System#nanoTime] tells it.
  public record Choices(
      boolean keepGoing, boolean keepFailed, boolean check, boolean dryRun, long beganNanos) {}

  /// What came of it all. `results` is in the order of the graph, without documentation tests, for
  /// which there is nothing to do but to have what they need.
  public record Outcome(boolean success, List<UnitResult> results, List<UnitInputs> inputs) {
    public Outcome {
      results = List.copyOf(results);
      inputs = List.copyOf(inputs);
    }
  }

  private Realiser(Setup setup) {
    this.setup = setup;
    this.levels = Levels.of(setup.context().graph());
    this.progress = new Progress(levels.size());
  }

  /// Realises the graph.
  public static Outcome realise(Setup setup) throws KilnException, InterruptedException {
    return new Realiser(setup).run();
  }

  private Outcome run() throws KilnException, InterruptedException {
    setup.events().accept(new BuildEvent.BuildStarted(levels.size()));
    var failures = new ConcurrentLinkedQueue<KilnException>();
    try (var jobserver = new Jobserver(setup.machine().pipes(), setup.machine().jobs());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var realisation = new UnitRealisation(setup, jobserver, levels, progress);
      var tasks = new ArrayList<Future<?>>();
      for (int i = 0; i < levels.size(); i++) {
        int unit = i;
        tasks.add(threads.submit(() -> one(realisation, unit, failures)));
      }
      try {
        for (var task : tasks) {
          task.get();
        }
      } catch (InterruptedException e) {
        threads.shutdownNow();
        throw e;
      } catch (ExecutionException e) {
        threads.shutdownNow();
        throw new IllegalStateException("a unit's thread broke", e.getCause());
      }
    }
    var failure = failures.peek();
    if (failure != null) {
      throw failure;
    }
    results.sort(Comparator.comparingInt(UnitResult::unit));
    boolean success =
        results.stream()
            .allMatch(r -> r.state() != UnitState.FAILED && r.state() != UnitState.SKIPPED);
    var inputs = new ArrayList<UnitInputs>();
    for (int i = 0; i < levels.size(); i++) {
      inputs.add(progress.now(i));
    }
    return new Outcome(success, results, inputs);
  }

  private void one(UnitRealisation realisation, int unit, Queue<KilnException> failures) {
    UnitResult result;
    try {
      for (var need : levels.needs(unit)) {
        progress.await(need);
      }
      boolean lacks = progress.isFailed(levels.needs(unit));
      if (!lacks && isDoctest(unit)) {
        // compiled when it is run, and run by the tests
        progress.ready(unit, progress.now(unit));
        finished(unit, UnitState.REUSED, 0);
        return;
      }
      result = lacks ? skipped(unit) : realisation.realise(unit);
    } catch (KilnException e) {
      failures.add(e);
      progress.stop();
      result = skipped(unit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      progress.stop();
      result = skipped(unit);
    } catch (RuntimeException | Error e) {
      progress.fail(unit);
      progress.stop();
      throw e;
    }
    if (result.state() == UnitState.FAILED || result.state() == UnitState.SKIPPED) {
      progress.fail(unit);
      if (result.state() == UnitState.FAILED && !setup.choices().keepGoing()) {
        progress.stop();
      }
    }
    synchronized (results) {
      results.add(result);
    }
    finished(unit, result.state(), result.seconds());
  }

  private boolean isDoctest(int unit) {
    return setup.context().graph().unit(unit).mode() == CompileMode.DOCTEST;
  }

  private void finished(int unit, UnitState state, double seconds) {
    var label = UnitLabels.of(unit, setup.context().graph().unit(unit));
    setup.events().accept(new BuildEvent.UnitFinished(label, state, seconds));
  }

  private static UnitResult skipped(int unit) {
    return new UnitResult(
        unit,
        UnitState.SKIPPED,
        "something that it needs failed",
        null,
        new TreeMap<>(),
        null,
        null,
        0);
  }

  /// How far each unit is: two futures per unit, one for its metadata and one for all of it. A
  /// failed unit completes both without a value.
  static final class Progress {
    private final List<CompletableFuture<Boolean>> metadata = new ArrayList<>();
    private final List<CompletableFuture<Boolean>> whole = new ArrayList<>();
    private final UnitInputs[] inputs;
    private volatile boolean stopped;

    Progress(int size) {
      inputs = new UnitInputs[size];
      for (int i = 0; i < size; i++) {
        metadata.add(new CompletableFuture<>());
        whole.add(new CompletableFuture<>());
        inputs[i] = new UnitInputs(new TreeMap<>(), null);
      }
    }

    void await(Levels.Need need) throws InterruptedException {
      try {
        (need.metadata() ? metadata : whole).get(need.unit()).get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }

    boolean isFailed(List<Levels.Need> needs) {
      return needs.stream()
          .anyMatch(need -> !(need.metadata() ? metadata : whole).get(need.unit()).getNow(false));
    }

    /// Returns what is known of a unit so far.
    synchronized UnitInputs now(int unit) {
      return inputs[unit];
    }

    synchronized void metadataReady(int unit, UnitInputs early) {
      inputs[unit] = early;
      metadata.get(unit).complete(true);
    }

    synchronized void ready(int unit, UnitInputs all) {
      inputs[unit] = all;
      metadata.get(unit).complete(true);
      whole.get(unit).complete(true);
    }

    void fail(int unit) {
      metadata.get(unit).complete(false);
      whole.get(unit).complete(false);
    }

    /// Says that no unit shall start any more.
    void stop() {
      stopped = true;
    }

    boolean isStopped() {
      return stopped;
    }
  }
}
