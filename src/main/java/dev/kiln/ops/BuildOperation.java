package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.BuildEvent.UnitState;
import dev.kiln.event.EventSink;
import dev.kiln.memo.Memo;
import dev.kiln.ops.store.FreeSpace;
import dev.kiln.plan.CompileOptions.Filter.Lib;
import dev.kiln.plan.UnitGraph;
import dev.kiln.realise.Realiser;
import dev.kiln.realise.ResultTree;
import dev.kiln.realise.UnitLabels;
import dev.kiln.realise.UnitResult;
import dev.kiln.report.BuildReport;
import dev.kiln.report.Messages;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Builds what was asked for.
///
/// 1. plan: which units there are ([PlanOperation]); 2. prepare: the toolchain and the sources as
///    store objects, the host's C toolchain, the sandbox ([BuildGround]); 3. realise the units; 4.
///    compose the result tree and link to it; 5. write the root record, so that nothing of it is
///    collected; 6. report.
public final class BuildOperation {
  /// The memo of result trees, with the number of the rules by which they are composed.
  private static final String RESULT = "result-1";

  private BuildOperation() {}

  /// Plans, realises, and links the result. A unit that fails is a value of the result, and was
  /// said as an event.
  public static BuildResult run(Settings settings, BuildOptions options, EventSink events)
      throws KilnException, InterruptedException {
    long began = System.nanoTime();
    var fetched = new AtomicInteger();
    EventSink counting =
        event -> {
          if (event instanceof BuildEvent.Fetched(_, long bytes) && bytes > 0) {
            fetched.incrementAndGet();
          }
          events.accept(event);
        };
    makeRoom(settings, events);
    var planned = PlanOperation.run(settings, options.compile(), counting);
    var said =
        new LibraryHints(
            planned, Messages.of(planned.graph(), options.pages().messages(), counting));
    var ground = BuildGround.prepare(settings, planned, said, null);
    var choices =
        new Realiser.Choices(
            options.way().keepGoing(),
            options.way().keepFailed(),
            options.way().check(),
            options.way().dryRun(),
            began);
    var outcome = Realiser.realise(ground.setup(said, choices));
    if (options.way().dryRun()) {
      return dryRun(planned, outcome, said);
    }
    Path tree = null;
    try {
      tree = outcome.success() ? link(settings, options, ground, outcome) : null;
      ground.keep(outcome, options.result().outLink(), tree);
      new LastBuild(settings, planned.workspaceRoot())
          .write(planned.graph(), outcome.results(), ground.mounts());
    } finally {
      report(settings, options, planned.graph(), outcome, fetched.get(), seconds(began));
      finish(said, planned, outcome, fetched.get(), seconds(began));
    }
    var tests =
        outcome.success()
            ? new Tests(planned, new TestRuns(settings, planned, ground, outcome), events)
            : null;
    return new BuildResult(
        outcome.success(), tree, programs(settings, planned, ground, outcome), tests);
  }

  /// Collects garbage where the user's limit says so, before anything of this build is in use.
  private static void makeRoom(Settings settings, EventSink events)
      throws KilnException, InterruptedException {
    var store = Store.open(settings.places().storeRoot(), settings.places().storeDir());
    Consumer<String> said = line -> events.accept(new BuildEvent.Status("Collecting", line));
    FreeSpace.of(store, settings.environment(), said).keep();
  }

  /// Says which units would be built, and which are there.
  private static BuildResult dryRun(Planned planned, Realiser.Outcome outcome, EventSink events) {
    for (var result : outcome.results()) {
      var label = UnitLabels.of(result.unit(), planned.graph().unit(result.unit()));
      boolean known = result.state() == UnitState.REUSED;
      events.accept(new BuildEvent.Status(known ? "Reuse" : "Build", label.described()));
    }
    return new BuildResult(true, null, List.of(), null);
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private static @Nullable Path link(
      Settings settings, BuildOptions options, BuildGround ground, Realiser.Outcome outcome)
      throws KilnException {
    boolean compiles =
        switch (options.compile().intent()) {
          case BUILD, RUN, INSTALL -> true;
          case CHECK, TEST, BENCH, DOC, DOC_WITHOUT_DEPS, DOCTEST -> false;
        };
    if (!compiles) {
      return null;
    }
    var compile = options.compile();
    boolean libraries =
        compile.filter().lib() == Lib.REQUIRED || !compile.packages().specs().isEmpty();
    var tree =
        new ResultTree(
            ground.context(), ground.store(), outcome.inputs(), ground.toolchains(), libraries);
    var object = compose(settings, ground, tree);
    var link = options.result().outLink();
    if (link != null) {
      ground.store().addIndirectRoot(settings.cwd().resolve(link), object);
    }
    return ground.store().physical(object);
  }

  /// Composes the tree, or finds the one that the same files made before.
  private static StorePath compose(Settings settings, BuildGround ground, ResultTree tree)
      throws KilnException {
    var memo = new Memo(settings.places().cache().resolve("memo"));
    var key = new StringBuilder(ground.store().root().toString()).append('\n');
    key.append(ground.resultName()).append('\n').append(ground.toolchains()).append('\n');
    for (var file : tree.files()) {
      key.append(file.place()).append('\0').append(file.object()).append('\0');
      key.append(file.file()).append('\n');
    }
    var known = memo.find(RESULT, key.toString());
    if (known.isPresent()) {
      var object = new StorePath(known.get());
      ground.store().addTemporaryRoots(List.of(object));
      if (ground.store().isValid(object)) {
        return object;
      }
    }
    var object = tree.compose(ground.resultName());
    memo.keep(RESULT, key.toString(), object.baseName());
    return object;
  }

  private static void report(
      Settings settings,
      BuildOptions options,
      UnitGraph graph,
      Realiser.Outcome outcome,
      int fetched,
      double seconds)
      throws KilnException {
    var file = options.pages().report();
    if (file == null) {
      return;
    }
    var totals = new BuildReport.Totals(fetched, seconds, settings.choices().sandboxed());
    var json = BuildReport.of(graph, outcome.results(), totals, settings.places().storeDir());
    try {
      Files.writeString(settings.cwd().resolve(file), json.pretty() + "\n");
    } catch (IOException e) {
      throw new KilnException(
          "cannot write the report " + file, "name a file in a directory that exists", e);
    }
  }

  private static void finish(
      EventSink events, Planned planned, Realiser.Outcome outcome, int fetched, double seconds) {
    events.accept(
        new BuildEvent.BuildFinished(
            outcome.success(),
            FinishedProfile.describe(planned),
            count(outcome.results(), UnitState.BUILT),
            count(outcome.results(), UnitState.REUSED),
            fetched,
            seconds));
  }

  private static int count(List<UnitResult> results, UnitState state) {
    return (int) results.stream().filter(result -> result.state() == state).count();
  }

  private static List<BuildResult.Program> programs(
      Settings settings, Planned planned, BuildGround ground, Realiser.Outcome outcome)
      throws KilnException {
    var graph = planned.graph();
    var programs = new ArrayList<BuildResult.Program>();
    var environment = new ProgramEnvironment(settings, planned, ground, outcome.inputs());
    if (!outcome.success()) {
      return programs;
    }
    for (int root : graph.roots()) {
      var unit = graph.unit(root);
      boolean runs =
          unit.mode().isRustcTest()
              || (unit.target().isExecutable() && !unit.mode().isCheck() && !unit.mode().isDoc());
      var object = outcome.inputs().get(root).outputs().get("out");
      if (runs && object != null && !unit.mode().isCheck()) {
        var name = ground.context().files(root).files().getFirst().uplifted();
        var file = ground.store().physical(object).resolve(name);
        programs.add(
            new BuildResult.Program(
                unit,
                file,
                () ->
                    ProgramRunner.of(
                        settings, planned, unit.kind(), file, ground.root(unit.kind())),
                () -> environment.of(root)));
      }
    }
    return programs;
  }
}
