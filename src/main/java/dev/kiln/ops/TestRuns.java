package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.build.CargoProgram;
import dev.kiln.build.Layout;
import dev.kiln.build.LinkedScripts;
import dev.kiln.build.UnitFiles;
import dev.kiln.builder.Beside;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.Mount;
import dev.kiln.derivation.UnitInputs;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.CompileMode;
import dev.kiln.plan.Unit;
import dev.kiln.process.Command;
import dev.kiln.process.Exit;
import dev.kiln.realise.Realiser;
import dev.kiln.realise.Requests;
import dev.kiln.store.StorePath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How compiled tests are started: amid everything that the machine has, at the paths they were
/// compiled at, so that `env!("CARGO_MANIFEST_DIR")`, `env!("CARGO_BIN_EXE_…")` and the directory
/// that the program finds itself in lead where they lead under Cargo. The workspace there is the
/// user's own, and may be written.
///
/// Without bubblewrap programs are started from the store, in the user's directories.
final class TestRuns {
  /// Where a runner is seen whose own directory gives way to a hermetic sysroot's.
  private static final String RUNNER = "/build/runner/";

  /// Where programs for another processor are that a script stands for.
  private static final String FOREIGN = "/build/foreign/";

  private static final List<String> SANDBOX_ONLY =
      List.of("CARGO_HOME", "HOME", "PATH", "SOURCE_DATE_EPOCH");

  private final Settings settings;
  private final Planned planned;
  private final BuildGround ground;
  private final Realiser.Outcome outcome;

  TestRuns(Settings settings, Planned planned, BuildGround ground, Realiser.Outcome outcome) {
    this.settings = settings;
    this.planned = planned;
    this.ground = ground;
    this.outcome = outcome;
  }

  /// Says whether programs are started at the paths they were compiled at.
  boolean keepsPaths() {
    return ground.builder().hasHostView();
  }

  /// Returns where the program of a unit lies in the physical store.
  Path file(int index) throws KilnException {
    return ground.store().physical(object(index)).resolve(name(index));
  }

  /// Runs a unit's program.
  Exit program(int index, List<String> args) throws KilnException, InterruptedException {
    var unit = planned.graph().unit(index);
    var starter =
        ProgramRunner.of(settings, planned, unit.kind(), file(index), ground.root(unit.kind()));
    var environment = new ProgramEnvironment(settings, planned, ground, outcome.inputs());
    var argv = new ArrayList<>(starter);
    if (!keepsPaths()) {
      argv.add(file(index).toString());
      argv.addAll(args);
      var env = environment.of(index);
      for (var program : programs(index).entrySet()) {
        env.put(variable(program.getKey()), file(program.getValue()).toString());
      }
      return new Command(argv, unit.pkg().directory(), env).attach();
    }
    var layout = ground.context().layout();
    var at = ground.context().outDir(index) + "/" + unitFile(index).path();
    argv.add(at);
    argv.addAll(args);
    var env = environment.ofTest(index);
    var root = Layout.profileRoot(unit.kind(), unit.profile());
    programs(index).forEach((name, _) -> env.put(variable(name), root + "/" + name));
    return run(
        new BuildRequest(
            unit.target().name(),
            argv,
            env,
            layout.packageRoot(unit.pkg()),
            mounts(index, at, starter),
            true));
  }

  /// Returns what a test program sees of the build: itself, its package's programs, what scripts
  /// wrote.
  private List<Mount> mounts(int index, String at, List<String> starter) throws KilnException {
    var unit = planned.graph().unit(index);
    var root = Layout.profileRoot(unit.kind(), unit.profile());
    boolean isForeign = ProgramRunner.isForeign(planned, unit.kind());
    var mounts = new ArrayList<Mount>();
    mounts.add(new Mount.Scratch(Layout.TARGET));
    mounts.add(new Mount.Scratch(Layout.temporary(unit.kind())));
    mounts.add(new Mount.Text(Layout.CARGO, CargoProgram.text(), true));
    mounts.add(new Mount.Tree(at, object(index), name(index)));
    for (var program : programs(index).entrySet()) {
      int bin = program.getValue();
      var place = root + "/" + program.getKey();
      if (isForeign) {
        // a test starts it as if it were this machine's
        var words = new ArrayList<>(starter);
        words.add(FOREIGN + program.getKey());
        mounts.add(new Mount.Tree(words.getLast(), object(bin), name(bin)));
        mounts.add(new Mount.Text(place, started(words), true));
      } else {
        mounts.add(new Mount.Tree(place, object(bin), name(bin)));
      }
    }
    var own = LinkedScripts.ownScript(planned.graph(), unit);
    if (own != null) {
      var written = outcome.inputs().get(own).outputs().get(UnitInputs.OUT);
      if (written != null) {
        mounts.add(new Mount.Tree(ground.context().scriptOut(own), written, ""));
      }
    }
    var source = planned.objects().get(unit.pkg().id());
    if (source != null) {
      mounts.add(new Mount.Tree(ground.context().layout().packageRoot(unit.pkg()), source, ""));
    }
    return mounts;
  }

  /// Returns a script that is a program for another processor, as far as one can see.
  private static String started(List<String> words) {
    return words.stream()
        .map(word -> "'" + word.replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" ", "#!/bin/sh\nexec ", " \"$@\"\n"));
  }

  /// Returns the run of rustdoc that compiles and runs a library's documentation tests.
  BuildRequest documentation(int index, Tests.Choices choices) throws KilnException {
    var unit = planned.graph().unit(index);
    var derivation = ground.derivations().of(index, outcome.inputs()::get);
    var mounts = ground.mounts();
    boolean isHermetic = planned.context().toolchain().sysroot() != null;
    boolean amid = keepsPaths();
    var sysroot = derivation.inputs().sysroot();
    var request =
        amid
            ? Requests.amidHost(
                derivation,
                isHermetic && sysroot != null
                    ? mounts.sysroots().getOrDefault(sysroot, List.of())
                    : List.of())
            : new Requests(mounts.ambient(), mounts.sysroots()).of(derivation);
    var seen = new ArrayList<>(request.mounts());
    var argv = new ArrayList<>(request.argv());
    argv.addAll(List.of("--color", choices.color()));
    addRunner(unit, argv, seen);
    for (var arg : choices.of(unit)) {
      argv.addAll(List.of("--test-args", arg));
    }
    return new BuildRequest(
        request.name(),
        argv,
        amid ? besideOwn(request.env()) : request.env(),
        request.cwd(),
        seen,
        true);
  }

  /// Runs what is seen at the sandbox paths: amid the machine where that can be, else in a sandbox.
  Exit run(BuildRequest request) throws KilnException, InterruptedException {
    var builder = ground.builder();
    return new Exit(
        keepsPaths()
            ? builder.enterAmidHost(request, workspace())
            : builder.enter(request, Beside.nothing()));
  }

  /// What is configured to run programs of a foreign target, or finds out that nothing must be. A
  /// hermetic sysroot hides the machine's own programs, so there the runner has a place apart.
  private void addRunner(Unit unit, List<String> argv, List<Mount> mounts) throws KilnException {
    var words =
        ProgramRunner.like(
            settings, planned, unit.kind(), anyProgram(unit.kind()), ground.root(unit.kind()));
    if (words.isEmpty()) {
      return;
    }
    var program = settings.cwd().resolve(words.getFirst());
    var at = words.getFirst();
    if (planned.context().toolchain().sysroot() != null) {
      at = RUNNER + program.getFileName();
      mounts.add(new Mount.Host(at, program));
    }
    argv.addAll(List.of("--test-runtool", at));
    for (var arg : words.subList(1, words.size())) {
      argv.addAll(List.of("--test-runtool-arg", arg));
    }
  }

  private @Nullable Path anyProgram(CompileKind kind) throws KilnException {
    var graph = planned.graph();
    for (int root : graph.roots()) {
      var unit = graph.unit(root);
      if (unit.mode() == CompileMode.TEST && unit.kind().equals(kind)) {
        return file(root);
      }
    }
    return null;
  }

  /// Returns the user's environment with a unit's in it, less what only a sandbox needs.
  private SortedMap<String, String> besideOwn(SortedMap<String, String> env) {
    var all = new TreeMap<>(settings.environment());
    env.forEach((name, value) -> {
      if (!SANDBOX_ONLY.contains(name)) {
        all.put(name, value);
      }
    });
    return all;
  }

  /// Returns the user's directories that are seen at their sandbox paths.
  private SortedMap<String, Path> workspace() {
    var directories = new TreeMap<String, Path>();
    for (var mount : ground.mounts().ambient()) {
      if (mount instanceof Mount.Host(var at, var source)
          && ground.context().layout().local(at) != null) {
        directories.put(at, source);
      }
    }
    return directories;
  }

  /// Returns the programs of its own package that a test may start, by name.
  private SortedMap<String, Integer> programs(int index) {
    var graph = planned.graph();
    var programs = new TreeMap<String, Integer>();
    for (var dep : graph.unit(index).dependencies()) {
      var other = graph.unit(dep.unit());
      if (other.target().isBin() && other.mode() == CompileMode.BUILD) {
        programs.put(other.target().name(), dep.unit());
      }
    }
    return programs;
  }

  private static String variable(String program) {
    return "CARGO_BIN_EXE_" + program;
  }

  private StorePath object(int index) {
    return outcome.inputs().get(index).require(UnitInputs.OUT);
  }

  /// Returns the name of a program's file in its object.
  private String name(int index) throws KilnException {
    return unitFile(index).uplifted();
  }

  private UnitFiles.UnitFile unitFile(int index) throws KilnException {
    return ground.context().files(index).files().getFirst();
  }
}
