package dev.kiln.plan;

import dev.kiln.KilnException;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.FeatureValue;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.Target;
import dev.kiln.resolve.ExternNames;
import dev.kiln.resolve.FeatureSpace;
import dev.kiln.resolve.PlatformCheck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The edges of the unit graph (Cargo: compiler/unit_dependencies.rs; cargo-build.md §6.3).
final class UnitDependencies {
  private record DevEdge(Draft from, Draft to) {}

  /// A package depended on, with those entries of the manifest that count for a unit.
  private record Active(Package pkg, List<Dependency> dependencies) {}

  private final PlanInput input;
  private final Draft.Pool pool;
  private final Map<CompileKind, PlatformCheck> platforms = new HashMap<>();
  private final Map<Draft, List<DraftEdge>> graph = new LinkedHashMap<>();
  private final Set<DevEdge> devEdges = new HashSet<>();

  UnitDependencies(PlanInput input, Draft.Pool pool) {
    this.input = input;
    this.pool = pool;
    input
        .facts()
        .kinds()
        .forEach((kind, facts) -> {
          var check = new PlatformCheck(facts.info());
          platforms.put(kind, check);
          if (kind.isHost()) {
            platforms.putIfAbsent(input.explicitHost(), check);
          }
        });
  }

  /// Returns all units that the roots need, each with its edges in Cargo's order.
  Map<Draft, List<DraftEdge>> of(List<Draft> roots) throws KilnException, InterruptedException {
    for (var root : roots) {
      add(root, purpose(root));
    }
    Links.validate(graph.keySet());
    connectBuildScripts();
    graph.replaceAll((_, edges) ->
        edges.stream().sorted(Comparator.comparing(DraftEdge::to, UnitOrder.DRAFTS)).toList());
    return graph;
  }

  private UnitFor purpose(Draft root) {
    if (root.target().isProcMacro()) {
      return UnitFor.procMacro(root.kind());
    }
    return isAnyTest(root.mode()) || input.isTestRun()
        ? UnitFor.test(root.kind())
        : UnitFor.normal(root.kind());
  }

  private static boolean isAnyTest(CompileMode mode) {
    return mode.isRustcTest() || mode == CompileMode.DOCTEST;
  }

  private void add(Draft unit, UnitFor unitFor) throws KilnException, InterruptedException {
    if (graph.containsKey(unit)) {
      return;
    }
    var edges = edges(unit, unitFor);
    graph.put(unit, edges);
    for (var edge : edges) {
      add(edge.to(), edge.unitFor());
    }
  }

  private List<DraftEdge> edges(Draft unit, UnitFor unitFor)
      throws KilnException, InterruptedException {
    return switch (unit.mode()) {
      case RUN_CUSTOM_BUILD -> ofBuildScriptRun(unit, unitFor);
      case DOC -> ofDoc(unit, unitFor);
      default -> ofCompilation(unit, unitFor);
    };
  }

  private List<DraftEdge> ofCompilation(Draft unit, UnitFor unitFor)
      throws KilnException, InterruptedException {
    var edges = new ArrayList<DraftEdge>();
    for (var active : active(unit, unitFor)) {
      var lib = active.pkg().lib();
      if (lib == null) {
        continue;
      }
      var edge = toLib(unit, unitFor, active.pkg(), lib);
      edges.add(edge);
      if (active.dependencies().stream().allMatch(d -> d.kind() == Dependency.Kind.DEV)) {
        devEdges.add(new DevEdge(unit, edge.to()));
      }
    }
    if (unit.target().isBuildScript()) {
      return edges;
    }
    addBuildScriptRun(edges, unit, unitFor);
    if (unit.target().isLib() && !unit.is(CompileMode.DOCTEST)) {
      return edges;
    }
    addOwnLib(edges, unit, unitFor);
    boolean runsPrograms =
        unit.is(CompileMode.TEST)
            && switch (unit.target().kind()) {
              case TEST, BENCH -> true;
              default -> false;
            };
    if (runsPrograms) {
      addPrograms(edges, unit, unitFor);
    }
    return edges;
  }

  /// An integration test runs the programs of its package; they keep the profile's `panic`.
  /// Features of dev-dependencies meet no `required-features` here, programs not having these.
  private void addPrograms(List<DraftEdge> edges, Draft unit, UnitFor unitFor)
      throws KilnException {
    for (var target : unit.pkg().targets()) {
      if (!target.isBin()) {
        continue;
      }
      var required = target.requiredFeatures();
      if (required != null && !input.allFeatures(unit.pkg().id(), false).containsAll(required)) {
        continue;
      }
      edges.add(
          edge(
              unit,
              unit.pkg(),
              target,
              UnitFor.normal(unitFor.root()),
              unit.kind(),
              CompileMode.BUILD));
    }
  }

  private List<DraftEdge> ofBuildScriptRun(Draft unit, UnitFor unitFor) throws KilnException {
    if (input.facts().of(factsKind(unit)).script(unit.pkg()) != null) {
      return new ArrayList<>();
    }
    var edges = new ArrayList<DraftEdge>();
    edges.add(
        edge(
            unit,
            unit.pkg(),
            unit.target(),
            unitFor.forBuildScript(),
            CompileKind.HOST,
            CompileMode.BUILD));
    return edges;
  }

  private CompileKind factsKind(Draft unit) {
    return input.facts().kinds().containsKey(unit.kind()) ? unit.kind() : CompileKind.HOST;
  }

  private List<DraftEdge> ofDoc(Draft unit, UnitFor unitFor)
      throws KilnException, InterruptedException {
    boolean withDependencies = input.options().intent() == CompileOptions.Intent.DOC;
    var edges = new ArrayList<DraftEdge>();
    for (var active : active(unit, unitFor)) {
      var lib = active.pkg().lib();
      if (lib == null) {
        continue;
      }
      edges.add(toLib(unit, unitFor, active.pkg(), lib));
      if (lib.flags().doc() && withDependencies) {
        edges.add(toDoc(unit, unitFor, active.pkg(), lib));
      }
    }
    addBuildScriptRun(edges, unit, unitFor);
    boolean usesLib =
        switch (unit.target().kind()) {
          case BIN, EXAMPLE -> true;
          default -> false;
        };
    if (usesLib) {
      addOwnLib(edges, unit, unitFor);
      var lib = unit.pkg().lib();
      if (lib != null && lib.isLinkable() && lib.flags().doc()) {
        edges.add(toDoc(unit, unitFor, unit.pkg(), lib));
      }
    }
    return edges;
  }

  private DraftEdge toLib(Draft unit, UnitFor unitFor, Package pkg, Target lib)
      throws KilnException {
    return edge(
        unit,
        pkg,
        lib,
        unitFor.of(unit.target(), lib),
        kindFor(unit.kind(), lib),
        checkOrBuild(unit.mode(), lib));
  }

  private DraftEdge toDoc(Draft unit, UnitFor unitFor, Package pkg, Target lib)
      throws KilnException {
    return edge(
        unit, pkg, lib, unitFor.of(unit.target(), lib), kindFor(unit.kind(), lib), CompileMode.DOC);
  }

  private void addOwnLib(List<DraftEdge> edges, Draft unit, UnitFor unitFor) throws KilnException {
    var lib = unit.pkg().lib();
    if (lib != null && lib.isLinkable()) {
      edges.add(toLib(unit, unitFor, unit.pkg(), lib));
    }
  }

  private void addBuildScriptRun(List<DraftEdge> edges, Draft unit, UnitFor unitFor)
      throws KilnException {
    var script = unit.pkg().buildScript();
    if (script != null) {
      edges.add(
          edge(
              unit,
              unit.pkg(),
              script,
              unitFor.forBuildScript(),
              unit.kind(),
              CompileMode.RUN_CUSTOM_BUILD,
              ProfileResolver.runOf(unit.profile())));
    }
  }

  /// Procedural macros and build scripts are for the host, whatever wants them.
  static CompileKind kindFor(CompileKind parent, Target target) {
    return UnitFor.isForHost(target) ? CompileKind.HOST : parent;
  }

  /// What is below a checked unit is checked, but for what has to run.
  private static CompileMode checkOrBuild(CompileMode parent, Target target) {
    boolean check = parent.isCheck() || parent == CompileMode.DOC;
    return check && !UnitFor.isForHost(target) ? CompileMode.CHECK : CompileMode.BUILD;
  }

  private DraftEdge edge(
      Draft parent, Package pkg, Target target, UnitFor unitFor, CompileKind kind, CompileMode mode)
      throws KilnException {
    return edge(parent, pkg, target, unitFor, kind, mode, input.profile(pkg, unitFor, kind));
  }

  private DraftEdge edge(
      Draft parent,
      Package pkg,
      Target target,
      UnitFor unitFor,
      CompileKind kind,
      CompileMode mode,
      UnitProfile profile)
      throws KilnException {
    var features = input.features().features(pkg.id(), unitFor.space());
    return new DraftEdge(
        pool.of(pkg, target, profile, kind, mode, features, 0),
        unitFor,
        externCrateName(parent.pkg(), pkg, target));
  }

  private String externCrateName(Package from, Package to, Target target) throws KilnException {
    var listed = new ArrayList<Dependency>();
    for (var edge : input.graph().edges(from.id())) {
      if (edge.to().equals(to.id()) && !from.id().equals(to.id())) {
        edge.dependencies().stream().filter(d -> isChosen(from, d)).forEach(listed::add);
      }
    }
    return ExternNames.of(from, to, target, listed);
  }

  /// Says whether a dependency is part of what Cargo's version resolver chose: platforms do not
  /// matter to it, and a weak feature counts as any.
  private boolean isChosen(Package from, Dependency dependency) {
    return !dependency.optional()
        || Arrays.stream(FeatureSpace.values())
            .anyMatch(space ->
                input.features().isDependencyActive(from.id(), space, dependency.key())
                    || namesFeatureOf(from, space, dependency.key()));
  }

  private boolean namesFeatureOf(Package from, FeatureSpace space, String key) {
    return input.features().features(from.id(), space).stream()
        .flatMap(feature -> from.features().getOrDefault(feature, List.of()).stream())
        .anyMatch(value -> value instanceof FeatureValue.DepFeature dep && dep.key().equals(key));
  }

  private List<Active> active(Draft unit, UnitFor unitFor)
      throws KilnException, InterruptedException {
    var active = new ArrayList<Active>();
    for (var edge : input.graph().edges(unit.pkg().id())) {
      var counting =
          edge.dependencies().stream().filter(d -> counts(unit, unitFor.space(), d)).toList();
      if (!counting.isEmpty()) {
        active.add(new Active(load(edge.to()), counting));
      }
    }
    return active;
  }

  private Package load(PackageId id) throws KilnException, InterruptedException {
    if (input.packages().find(id).isEmpty()) {
      input.packages().load(List.of(id));
    }
    return input.packages().require(id);
  }

  private boolean counts(Draft unit, FeatureSpace space, Dependency dependency) {
    if (unit.target().isBuildScript() != (dependency.kind() == Dependency.Kind.BUILD)) {
      return false;
    }
    if (dependency.kind() == Dependency.Kind.DEV && !takesDev(unit)) {
      return false;
    }
    var platform = platforms.get(unit.kind());
    if (platform == null || !platform.matches(dependency.platform())) {
      return false;
    }
    return !dependency.optional()
        || input.features().isDependencyActive(unit.pkg().id(), space, dependency.key());
  }

  private static boolean takesDev(Draft unit) {
    return switch (unit.target().kind()) {
      case TEST, EXAMPLE -> true;
      default -> isAnyTest(unit.mode());
    };
  }

  /// A build script's run waits for those of the libraries with `links` that its package links, for
  /// their DEP_ variables (Cargo: `connect_run_custom_build_deps`).
  private void connectBuildScripts() {
    var users = new LinkedHashMap<Draft, Set<Draft>>();
    graph.forEach((unit, edges) -> {
      for (var edge : edges) {
        if (edge.to().is(CompileMode.RUN_CUSTOM_BUILD)) {
          users.computeIfAbsent(edge.to(), _ -> new LinkedHashSet<>()).add(unit);
        }
      }
    });
    var added = new LinkedHashMap<Draft, Set<DraftEdge>>();
    users.forEach((run, parents) -> {
      for (var parent : parents) {
        for (var sibling : graph.getOrDefault(parent, List.of())) {
          var other = runOf(run, parent, sibling.to());
          if (other != null) {
            added.computeIfAbsent(run, _ -> new LinkedHashSet<>()).add(other);
          }
        }
      }
    });
    added.forEach((run, edges) -> {
      var all = new ArrayList<>(graph.getOrDefault(run, List.of()));
      all.addAll(edges);
      graph.put(run, all);
    });
  }

  private @Nullable DraftEdge runOf(Draft run, Draft parent, Draft sibling) {
    boolean linked =
        !sibling.pkg().id().equals(run.pkg().id())
            && sibling.target().isLinkable()
            && sibling.pkg().links() != null
            // dev-dependencies may be circular, and no build script sees them
            && !devEdges.contains(new DevEdge(parent, sibling));
    if (!linked) {
      return null;
    }
    return graph.getOrDefault(sibling, List.of()).stream()
        .filter(edge -> edge.to().is(CompileMode.RUN_CUSTOM_BUILD))
        .findFirst()
        .orElse(null);
  }
}
