package dev.kiln.realise;

import dev.kiln.KilnException;
import dev.kiln.build.BuildContext;
import dev.kiln.build.BuildScriptOutput;
import dev.kiln.build.Layout;
import dev.kiln.builder.Beside;
import dev.kiln.builder.BuildListener;
import dev.kiln.builder.BuildOutcome;
import dev.kiln.derivation.UnitDerivation;
import dev.kiln.derivation.UnitInputs;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.BuildEvent.UnitLabel;
import dev.kiln.event.BuildEvent.UnitState;
import dev.kiln.plan.Unit;
import dev.kiln.store.RealisationRecord;
import dev.kiln.store.StorePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Makes one unit real: known realisation, else a run of its derivation.
///
/// A record is written at exit 0 and holds both outputs of a library; the metadata that dependents
/// use before is provisional, and their own records name its contents (design D2).
final class UnitRealisation {
  /// The notes of a record that this room writes and reads.
  private static final String MESSAGES = "messages";

  private static final String STDOUT = "stdout";
  private static final String STDERR = "stderr";
  private static final String SECONDS = "seconds";

  private final Realiser.Setup setup;
  private final BuildContext context;
  private final Jobserver jobserver;
  private final Levels levels;
  private final Realiser.Progress progress;
  private final Requests requests;
  private final Outputs outputs;
  private final UnitTexts texts;
  private final Observations observations;
  private final Recall recall;
  private final UnitEvents told;

  UnitRealisation(
      Realiser.Setup setup, Jobserver jobserver, Levels levels, Realiser.Progress progress) {
    this.setup = setup;
    this.context = setup.context();
    this.jobserver = jobserver;
    this.levels = levels;
    this.progress = progress;
    this.requests = new Requests(setup.machine().ambient(), setup.machine().sysroots());
    this.outputs = new Outputs(setup.store(), context);
    this.texts = new UnitTexts(setup.store(), setup.machine().system());
    this.observations = new Observations(context.layout());
    this.recall = new Recall(setup.store(), texts, observations, setup.machine().sandboxed());
    this.told = new UnitEvents(context, setup.store(), setup.events());
  }

  /// Makes the unit real; everything that it needs is there.
  UnitResult realise(int index) throws KilnException, InterruptedException {
    var unit = context.graph().unit(index);
    var override = unit.flags().override();
    if (unit.mode().isRunCustomBuild() && override != null) {
      var lines =
          override.lines().stream().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList();
      var script = parse(unit, lines);
      told.script(index, script, null);
      progress.ready(index, new UnitInputs(new TreeMap<>(), script));
      return new UnitResult(
          index,
          UnitState.REUSED,
          "overridden by the configuration",
          null,
          new TreeMap<>(),
          null,
          null,
          0);
    }
    var derivation = setup.derivations().of(index, progress::now);
    var path = texts.path(derivation);
    setup.store().addTemporaryRoots(List.of(path));
    var known = recall.find(derivation, path);
    if (known.record().isPresent()) {
      return setup.choices().check()
          ? repeat(index, unit, derivation, path, known)
          : reuse(index, unit, derivation, path, known);
    }
    if (setup.choices().dryRun()) {
      return result(index, UnitState.SKIPPED, known.reason(), path, derivation, null, 0);
    }
    if (progress.isStopped()) {
      return result(index, UnitState.SKIPPED, "the build had failed", path, derivation, null, 0);
    }
    var label = UnitLabels.of(index, unit);
    try (var _ = setup.store().lock(path, this::waiting)) {
      var meanwhile = recall.find(derivation, path);
      if (meanwhile.record().isPresent()) {
        return reuse(index, unit, derivation, path, meanwhile);
      }
      jobserver.acquire(levels.priority(index));
      boolean killed = true;
      try {
        if (progress.isStopped()) {
          killed = false;
          return result(
              index, UnitState.SKIPPED, "the build had failed", path, derivation, null, 0);
        }
        double started = now();
        setup.events().accept(new BuildEvent.UnitStarted(label, CommandLines.show(derivation)));
        var given = run(index, unit, label, derivation, path);
        killed = given == null;
        return result(
            index,
            given == null ? UnitState.FAILED : UnitState.BUILT,
            known.reason(),
            path,
            derivation,
            given,
            started);
      } finally {
        jobserver.release(killed);
      }
    }
  }

  private void waiting(String message) {
    setup.events().accept(new BuildEvent.Detail(message));
  }

  private double now() {
    return (System.nanoTime() - setup.choices().beganNanos()) / 1e9;
  }

  private UnitResult result(
      int index,
      UnitState state,
      String reason,
      StorePath path,
      UnitDerivation derivation,
      @Nullable SortedMap<String, StorePath> given,
      double started) {
    boolean ran = state == UnitState.BUILT || state == UnitState.FAILED;
    return new UnitResult(
        index,
        state,
        reason,
        path,
        given == null ? new TreeMap<>() : given,
        derivation.invocation(),
        ran ? started : null,
        ran ? now() - started : 0);
  }

  // --- what is known already

  private UnitResult reuse(
      int index, Unit unit, UnitDerivation derivation, StorePath path, Recall.Answer known)
      throws KilnException {
    var record = known.record().orElseThrow();
    setup.store().addTemporaryRoots(record.outputs().values());
    BuildScriptOutput script = null;
    if (unit.mode().isRunCustomBuild()) {
      script =
          parse(
              unit,
              record.note(STDOUT).stream()
                  .map(line -> line.getBytes(StandardCharsets.UTF_8))
                  .toList());
    }
    var inputs = new UnitInputs(record.outputs(), script);
    if (script == null) {
      told.replay(index, record, MESSAGES);
      told.artifacts(index, inputs, true);
    } else {
      told.script(index, script, inputs);
    }
    progress.ready(index, inputs);
    return result(index, UnitState.REUSED, known.reason(), path, derivation, record.outputs(), 0);
  }

  // --- what is known, once more

  /// Runs what was run before and compares what came, file by file; the earlier result stays.
  private UnitResult repeat(
      int index, Unit unit, UnitDerivation derivation, StorePath path, Recall.Answer known)
      throws KilnException, InterruptedException {
    var before = known.record().orElseThrow().outputs();
    var label = UnitLabels.of(index, unit);
    jobserver.acquire(levels.priority(index));
    boolean killed = true;
    double started = now();
    try {
      setup.events().accept(new BuildEvent.UnitStarted(label, CommandLines.show(derivation)));
      var outcome = execute(unit, derivation, new BuildListener() {});
      if (!(outcome instanceof BuildOutcome.Built built)) {
        setup
            .events()
            .accept(
                new BuildEvent.UnitFailed(label, "built before, " + label.what() + " fails now"));
        return result(index, UnitState.FAILED, "checked", path, derivation, null, started);
      }
      killed = false;
      var directory = output(built);
      SortedMap<String, StorePath> again;
      if (unit.mode().isRunCustomBuild()) {
        again = outputs.ofScript(derivation.name(), directory);
      } else {
        outputs.takeDepInfo(directory);
        again = outputs.ofCompilation(index, derivation.name(), directory, null);
      }
      if (!again.equals(before)) {
        var differences = new Differences(setup.store()).between(before, again);
        setup
            .events()
            .accept(
                new BuildEvent.UnitFailed(
                    label,
                    label.what() + " is not the same when it is built again\n" + differences));
        return result(index, UnitState.FAILED, "checked", path, derivation, null, started);
      }
    } finally {
      jobserver.release(killed);
    }
    reuse(index, unit, derivation, path, known);
    return result(index, UnitState.BUILT, "checked: the same", path, derivation, before, started);
  }

  // --- running

  /// Runs the derivation and registers what came; null where it failed, which was told.
  private @Nullable SortedMap<String, StorePath> run(
      int index, Unit unit, UnitLabel label, UnitDerivation derivation, StorePath path)
      throws KilnException, InterruptedException {
    var given =
        unit.mode().isRunCustomBuild()
            ? runScript(index, unit, label, derivation, path)
            : runCompiler(index, unit, label, derivation, path);
    if (given == null) {
      // what failed is what people look into: `kiln shell`, `kiln derivation show`
      texts.add(derivation);
    }
    return given;
  }

  private @Nullable SortedMap<String, StorePath> runCompiler(
      int index, Unit unit, UnitLabel label, UnitDerivation derivation, StorePath path)
      throws KilnException, InterruptedException {
    var early = new AtomicReference<@Nullable StorePath>();
    boolean pipelined = derivation.outputs().contains(UnitInputs.RMETA);
    var run =
        new UnitRun(
            label,
            setup.events(),
            file -> {
              if (pipelined) {
                early.set(metadataReady(index, derivation, file));
              }
            });
    var begun = FileTime.fromMillis(System.currentTimeMillis());
    long nanos = System.nanoTime();
    var outcome = execute(unit, derivation, run);
    if (!(outcome instanceof BuildOutcome.Built built)) {
      var why = FailureTexts.ofCompilation(unit, run, outcome);
      setup.events().accept(new BuildEvent.UnitFailed(label, why));
      return null;
    }
    var directory = output(built);
    var read = sandboxPaths(derivation, outputs.takeDepInfo(directory));
    var given = outputs.ofCompilation(index, derivation.name(), directory, early.get());
    var notes = new TreeMap<String, List<String>>();
    notes.put(MESSAGES, run.messages());
    notes.put(Recall.COVERAGE, List.of(Recall.FILES));
    notes.put(Recall.OBSERVED, observations.observe(read));
    register(derivation, path, given, notes, outcome, begun, nanos);
    var inputs = new UnitInputs(given, null);
    told.artifacts(index, inputs, false);
    progress.ready(index, inputs);
    return given;
  }

  private StorePath metadataReady(int index, UnitDerivation derivation, Path file) {
    try {
      var metadata = outputs.earlyMetadata(derivation.name(), file);
      var early = new TreeMap<String, StorePath>();
      early.put(UnitInputs.RMETA, metadata);
      progress.metadataReady(index, new UnitInputs(early, null));
      return metadata;
    } catch (KilnException e) {
      throw new EarlyMetadataFailed(e);
    }
  }

  /// Carries a failure out of a listener.
  private static final class EarlyMetadataFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EarlyMetadataFailed(KilnException cause) {
      super(cause);
    }
  }

  private @Nullable SortedMap<String, StorePath> runScript(
      int index, Unit unit, UnitLabel label, UnitDerivation derivation, StorePath path)
      throws KilnException, InterruptedException {
    var run = new ScriptRun();
    var begun = FileTime.fromMillis(System.currentTimeMillis());
    long nanos = System.nanoTime();
    var outcome = execute(unit, derivation, run);
    if (!(outcome instanceof BuildOutcome.Built built)) {
      failScript(unit, label, derivation, run, outcome);
      return null;
    }
    BuildScriptOutput script;
    try {
      script = parse(unit, run.output());
    } catch (KilnException e) {
      setup.events().accept(new BuildEvent.UnitFailed(label, String.valueOf(e.getMessage())));
      return null;
    }
    if (!script.errors().isEmpty()) {
      told.warnings(unit, script);
      script
          .errors()
          .forEach(error ->
              setup
                  .events()
                  .accept(
                      new BuildEvent.ScriptError(
                          unit.pkg().name() + "@" + unit.pkg().version(), error)));
      setup
          .events()
          .accept(
              new BuildEvent.UnitFailed(
                  label, "build script logged errors\n" + indent(run.transcript())));
      return null;
    }
    requireKnownPlaces(unit, derivation, script);
    var given = outputs.ofScript(derivation.name(), output(built));
    var notes = new TreeMap<String, List<String>>();
    notes.put(STDOUT, run.output().stream().map(ScriptRun::text).toList());
    notes.put(STDERR, run.errors());
    boolean narrow = !script.rerunIfChanged().isEmpty();
    notes.put(Recall.COVERAGE, List.of(narrow ? Recall.FILES : Recall.PACKAGE));
    notes.put(
        Recall.OBSERVED, observations.observe(sandboxPaths(derivation, script.rerunIfChanged())));
    register(derivation, path, given, notes, outcome, begun, nanos);
    var inputs = new UnitInputs(given, script);
    told.script(index, script, inputs);
    progress.ready(index, inputs);
    return given;
  }

  private void failScript(
      Unit unit, UnitLabel label, UnitDerivation derivation, ScriptRun run, BuildOutcome outcome) {
    try {
      told.warnings(unit, parse(unit, run.output()));
    } catch (KilnException e) {
      setup.events().accept(new BuildEvent.Warning(String.valueOf(e.getMessage())));
    }
    var why = FailureTexts.ofScript(label, derivation, run, outcome);
    setup.events().accept(new BuildEvent.UnitFailed(label, why));
  }

  private static String indent(String text) {
    return text.stripLeading();
  }

  /// Rejects a path below `/build` that no dependent could be shown (design D3).
  private void requireKnownPlaces(Unit unit, UnitDerivation derivation, BuildScriptOutput script)
      throws KilnException {
    var values = new ArrayList<>(script.searchPaths());
    script.metadata().forEach(item -> values.add(item.value()));
    for (var value : values) {
      var place = value.substring(value.indexOf('=') + 1);
      if (place.startsWith("/build/") && !isKnown(place, unit, derivation)) {
        throw new KilnException(
            "the build script of "
                + unit.pkg().id()
                + " names `"
                + place
                + "`, which no unit that depends on it can see",
            "let the build script write what others need below OUT_DIR");
      }
    }
  }

  private boolean isKnown(String place, Unit unit, UnitDerivation derivation) {
    return place.startsWith(derivation.outDirectory())
        || place.startsWith(context.layout().packageRoot(unit.pkg()))
        || place.startsWith(Layout.WORKSPACE)
        || derivation.inputs().trees().keySet().stream().anyMatch(place::startsWith);
  }

  private BuildScriptOutput parse(Unit unit, List<byte[]> lines) throws KilnException {
    return BuildScriptOutput.parse(lines, unit.pkg(), context.compiler().isNightly());
  }

  private BuildOutcome execute(Unit unit, UnitDerivation derivation, BuildListener listener)
      throws KilnException, InterruptedException {
    var env = new TreeMap<String, String>();
    env.put(
        "CARGO_MAKEFLAGS",
        "-j --jobserver-fds=%1$d,%2$d --jobserver-auth=%1$d,%2$d"
            .formatted(Beside.READ_FD, Beside.WRITE_FD));
    if (unit.mode().isRunCustomBuild()) {
      env.put("NUM_JOBS", Integer.toString(jobserver.jobs()));
    }
    try {
      return setup
          .builder()
          .build(
              requests.of(derivation),
              new Beside(env, jobserver.fifo(), setup.choices().keepFailed()),
              listener);
    } catch (EarlyMetadataFailed e) {
      if (e.getCause() instanceof KilnException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static Path output(BuildOutcome.Built built) {
    var directory = built.outputs().get(Requests.OUTPUT);
    if (directory == null) {
      throw new IllegalStateException("the builder returned no output");
    }
    return directory;
  }

  /// Returns paths as absolute sandbox paths; relative ones are relative to the run's directory.
  private static List<String> sandboxPaths(UnitDerivation derivation, List<String> paths) {
    var cwd = derivation.invocation().cwd();
    return paths.stream().map(path -> path.startsWith("/") ? path : cwd + "/" + path).toList();
  }

  private void register(
      UnitDerivation derivation,
      StorePath path,
      SortedMap<String, StorePath> given,
      SortedMap<String, List<String>> notes,
      BuildOutcome outcome,
      FileTime begun,
      long nanos)
      throws KilnException {
    notes.put(Recall.ISOLATION, List.of(outcome.isolation().word()));
    notes.put(SECONDS, List.of("%.3f".formatted((System.nanoTime() - nanos) / 1e9)));
    var observed = notes.getOrDefault(Recall.OBSERVED, List.of());
    if (observations.changedSince(observed, begun)) {
      // somebody edited meanwhile: good for this build, unknown to the next
      setup.store().addTemporaryRoots(given.values());
      return;
    }
    texts.add(derivation);
    setup.store().register(new RealisationRecord(path, given, notes));
    recall.remember(derivation, path);
  }
}
