package dev.kiln.derivation;

import dev.kiln.KilnException;
import dev.kiln.build.BuildContext;
import dev.kiln.build.BuildScriptOutput;
import dev.kiln.build.DoctestInvocation;
import dev.kiln.build.Invocation;
import dev.kiln.build.Layout;
import dev.kiln.build.RustcInvocation;
import dev.kiln.build.ScriptInvocation;
import dev.kiln.build.ScriptOutputs;
import dev.kiln.build.UnitFiles.Flavor;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.CompileMode;
import dev.kiln.plan.Unit;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.Toolchain;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;

/// Writes units down as derivations: a pure function of the build's context, the sources' objects
/// and what the dependencies of a unit gave.
public final class Derivations {
  private final BuildContext context;
  private final Map<CompileKind, Platform> platforms;
  private final Map<PackageId, StorePath> sources;

  /// `platforms` has an entry for each kind of the graph. `sources` maps each package of the graph
  /// to its source's object (for a path package, the snapshot of its files).
  public Derivations(
      BuildContext context,
      Map<CompileKind, Platform> platforms,
      Map<PackageId, StorePath> sources) {
    this.context = context;
    this.platforms = Map.copyOf(platforms);
    this.sources = Map.copyOf(sources);
  }

  /// Returns the derivation of a unit. `realised` answers what a dependency gave, and is asked for
  /// none but those that the schedule has made sure of.
  public UnitDerivation of(int index, IntFunction<UnitInputs> realised) throws KilnException {
    var unit = context.graph().unit(index);
    ScriptOutputs outputs = script -> script(realised.apply(script));
    return unit.mode().isRunCustomBuild()
        ? scriptRun(index, unit, outputs, realised)
        : compilation(index, unit, outputs, realised);
  }

  private static BuildScriptOutput script(UnitInputs inputs) {
    var output = inputs.script();
    return output == null ? BuildScriptOutput.NOTHING : output;
  }

  private UnitDerivation compilation(
      int index, Unit unit, ScriptOutputs outputs, IntFunction<UnitInputs> realised)
      throws KilnException {
    var invocation =
        unit.mode() == CompileMode.DOCTEST
            ? DoctestInvocation.of(context, index, outputs)
            : RustcInvocation.of(context, index, outputs);
    var reaching = context.scripts().of(index);
    var scripts = new ArrayList<>(reaching.toLink());
    scripts.addAll(reaching.plugins());
    var trees = trees(unit, invocation, scripts, realised);
    var names =
        context.files(index).metadata() != null && !unit.mode().isCheck()
            ? List.of(UnitInputs.LIB, UnitInputs.RMETA)
            : List.of(UnitInputs.OUT);
    return new UnitDerivation(
        name(unit),
        invocation,
        new UnitDerivation.Inputs(
            trees,
            libraries(index, unit, realised),
            local(unit.pkg()),
            usesTools(unit) ? platform(unit).sysroot() : null),
        context.outDir(index),
        names);
  }

  private UnitDerivation scriptRun(
      int index, Unit unit, ScriptOutputs outputs, IntFunction<UnitInputs> realised) {
    var invocation = ScriptInvocation.of(context, index, outputs);
    var scripts = new ArrayList<>(context.scripts().of(index).plugins());
    for (var dep : unit.dependencies()) {
      if (context.graph().unit(dep.unit()).mode().isRunCustomBuild()) {
        scripts.add(dep.unit());
      }
    }
    var trees = trees(unit, invocation, scripts, realised);
    int compile = ScriptInvocation.compileUnit(context, unit);
    trees.put(context.outDir(compile), realised.apply(compile).require(UnitInputs.OUT));
    return new UnitDerivation(
        name(unit),
        invocation,
        new UnitDerivation.Inputs(
            trees, new TreeMap<>(), local(unit.pkg()), platform(unit).sysroot()),
        context.scriptOut(index),
        List.of(UnitInputs.OUT));
  }

  /// Returns the whole trees that a run sees: the toolchain, its package's source, and of the
  /// OUT_DIRs and sources of the scripts that reach it those that its command names.
  private SortedMap<String, StorePath> trees(
      Unit unit, Invocation invocation, List<Integer> scripts, IntFunction<UnitInputs> realised) {
    var trees = new TreeMap<String, StorePath>();
    var platform = platform(unit);
    trees.put(Toolchain.AT, platform.toolchain());
    trees.putAll(platform.always());
    if (usesTools(unit)) {
      trees.putAll(platform.tools());
    }
    if (!unit.pkg().isLocal()) {
      trees.put(sourceRoot(unit.pkg()), source(unit.pkg()));
    }
    var text = text(invocation);
    for (int script : scripts) {
      var pkg = context.graph().unit(script).pkg();
      var out = context.scriptOut(script);
      // a script that something else stands for has written nothing
      boolean ran = context.graph().unit(script).flags().override() == null;
      if (ran && text.contains(out)) {
        trees.put(out, realised.apply(script).require(UnitInputs.OUT));
      }
      if (!pkg.isLocal() && text.contains(context.layout().packageRoot(pkg) + "/")) {
        trees.put(sourceRoot(pkg), source(pkg));
      }
    }
    return trees;
  }

  private Platform platform(Unit unit) {
    var platform = platforms.get(unit.kind());
    if (platform == null) {
      throw new IllegalStateException("nothing is known of " + unit.kind());
    }
    return platform;
  }

  /// Says whether a unit may use the C toolchain: it links, or runs a build script.
  private static boolean usesTools(Unit unit) {
    return unit.mode().isRunCustomBuild()
        || unit.mode() == CompileMode.DOCTEST
        || (unit.requiresUpstreamObjects() && !unit.mode().isCheck());
  }

  private static String text(Invocation invocation) {
    var text = new StringBuilder();
    invocation.argv().forEach(arg -> text.append(arg).append('\n'));
    invocation.env().forEach((name, value) -> text.append(value).append('\n'));
    return text.toString();
  }

  private String sourceRoot(Package pkg) {
    return pkg.id().source().isGit()
        ? Layout.gitRoot(pkg.id().source())
        : context.layout().packageRoot(pkg);
  }

  private StorePath source(Package pkg) {
    var source = sources.get(pkg.id());
    if (source == null) {
      throw new IllegalStateException("no source was fetched for " + pkg.id());
    }
    return source;
  }

  private SortedMap<String, StorePath> local(Package pkg) {
    var local = new TreeMap<String, StorePath>();
    if (pkg.isLocal()) {
      local.put(context.layout().packageRoot(pkg), source(pkg));
    }
    return local;
  }

  /// Returns the libraries in each `deps` directory: the transitive closure over linkable
  /// dependencies, procedural macros included and nothing below them, metadata where that is
  /// enough.
  private SortedMap<String, SortedMap<String, StorePath>> libraries(
      int index, Unit unit, IntFunction<UnitInputs> realised) throws KilnException {
    var directories = new TreeMap<String, SortedMap<String, StorePath>>();
    for (int dependency : closure(index)) {
      var other = context.graph().unit(dependency);
      var inputs = realised.apply(dependency);
      boolean metadata = unit.onlyRequiresMetadataOf(other) || other.mode().isCheck();
      var output =
          inputs.outputs().containsKey(UnitInputs.OUT)
              ? UnitInputs.OUT
              : metadata ? UnitInputs.RMETA : UnitInputs.LIB;
      var directory = directories.computeIfAbsent(context.outDir(dependency), _ -> new TreeMap<>());
      for (var file : context.files(dependency).files()) {
        if (file.flavor() == (metadata ? Flavor.METADATA : Flavor.LINKABLE)) {
          directory.put(file.path(), inputs.require(output));
        }
      }
    }
    return directories;
  }

  private List<Integer> closure(int index) {
    var found = new ArrayList<Integer>();
    var seen = new BitSet();
    collect(index, seen, found);
    return found;
  }

  private void collect(int index, BitSet seen, List<Integer> found) {
    var unit = context.graph().unit(index);
    for (var dep : unit.dependencies()) {
      var other = context.graph().unit(dep.unit());
      if (!other.target().isLinkable() || other.mode().isDoc() || seen.get(dep.unit())) {
        continue;
      }
      seen.set(dep.unit());
      found.add(dep.unit());
      if (!other.target().isProcMacro()) {
        collect(dep.unit(), seen, found);
      }
    }
  }

  /// Returns the name of a unit's derivation: package and version, and what kind of unit it is
  /// where that is not the library.
  static String name(Unit unit) {
    var target = unit.target();
    var base = unit.pkg().name() + "-" + unit.pkg().version();
    var kind =
        switch (target.kind()) {
          case LIB -> "";
          case BIN -> "-bin-" + target.name();
          case EXAMPLE -> "-example-" + target.name();
          case TEST -> "-test-" + target.name();
          case BENCH -> "-bench-" + target.name();
          case BUILD_SCRIPT ->
              unit.mode().isRunCustomBuild() ? "-build-script-run" : "-build-script";
        };
    var mode =
        switch (unit.mode()) {
          case CHECK, CHECK_TEST -> "-check";
          case TEST -> "-harness";
          case DOC -> "-doc";
          case DOCTEST -> "-doctest";
          case BUILD, DOCSCRAPE, RUN_CUSTOM_BUILD -> "";
        };
    var triple = unit.kind().equals(CompileKind.HOST) ? "" : "-" + unit.kind().shortName();
    var name = (base + kind + mode + triple).replaceAll("[^0-9a-zA-Z+._?=-]", "_");
    return name.length() <= 150 ? name : name.substring(0, 150);
  }
}
