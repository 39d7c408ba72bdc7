package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;
import dev.kiln.manifest.ConfigCheck;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.PlanInput;
import dev.kiln.plan.Planner;
import dev.kiln.plan.ProfileLayer;
import dev.kiln.plan.ProfileNames;
import dev.kiln.plan.ProfileResolver;
import dev.kiln.plan.RootSources;
import dev.kiln.plan.RustVersionCheck;
import dev.kiln.plan.RustcFacts;
import dev.kiln.plan.UnitGraph;
import dev.kiln.resolve.CliFeatures;
import dev.kiln.resolve.FeatureFlags;
import dev.kiln.resolve.FeatureResolver;
import dev.kiln.resolve.Members;
import dev.kiln.resolve.PackageGraph;
import dev.kiln.resolve.PackageSource;
import dev.kiln.resolve.Selection;
import dev.kiln.resolve.UnifiedFeatures;
import dev.kiln.toolchain.TargetInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds out what there is to compile, and compiles nothing.
///
/// 1. manifest, configuration, workspace and lock file ([Ground]); 2. rustc and what it knows of
///    the platforms; 3. the packages that are selected, and what feature flags mean for them;
/// 4. features, for which packages are fetched as they are reached; 5. the unit graph.
public final class PlanOperation {
  private PlanOperation() {}

  /// Reads the workspace, its lock and configuration, and plans.
  public static Planned run(Settings settings, CompileOptions options, EventSink events)
      throws KilnException, InterruptedException {
    return run(settings, options, events, null);
  }

  /// Plans for a given toolchain; null is the one that the user means.
  static Planned run(
      Settings settings, CompileOptions options, EventSink events, @Nullable ChosenToolchain given)
      throws KilnException, InterruptedException {
    ProfileNames.check(options.profile());
    try (var ground = Ground.read(settings, events)) {
      RunSelection.narrow(
          options,
          new Selection(Members.of(ground.workspace()), _ -> {}),
          Set.copyOf(options.targets()).size());
      ground.checkWorkspace();
      BuildWarnings.ofEnvironment(settings.environment(), options, ground::warn);
      var toolchain = given == null ? ground.toolchain() : given;
      var facts = ground.facts(toolchain.rustc(), options.targets());
      var steps = Steps.of(ground, options, facts);
      var graph = plan(steps, ground::warn);
      return new Planned(
          new Planned.Context(
              ground.workspace(),
              ground.config(),
              ground.environment(),
              ground.resolution(),
              toolchain),
          options,
          facts,
          graph,
          ground.packages().objects());
    }
  }

  /// What features and units are found from: all of it values, so that a test can change one.
  record Steps(
      CompileOptions options,
      Members members,
      PackageGraph graph,
      PackageSource packages,
      FeatureResolver.Rules rules,
      ProfileResolver.Sources profiles,
      RustcFacts facts) {

    static Steps of(Ground ground, CompileOptions options, RustcFacts facts)
        throws KilnException, InterruptedException {
      var members = Members.of(ground.workspace());
      var roots = checkSelection(members, options, facts);
      return new Steps(
          options,
          members,
          new PackageGraph(ground.resolution(), ground.packages()),
          ground.packages(),
          PlanOperation.rules(members, options, facts, roots),
          PlanOperation.profiles(ground, PlanInput.profileName(options)),
          facts);
    }
  }

  /// Fails for packages and features that do not exist, before any source or lock file is looked
  /// at, as Cargo does.
  private static Set<PackageId> checkSelection(
      Members members, CompileOptions options, RustcFacts facts) throws KilnException {
    var selection = new Selection(members, _ -> {});
    RunSelection.narrow(options, selection, facts.requested().size());
    var packages = options.packages();
    var specs = selection.specs(packages.specs(), packages.workspace(), packages.exclude());
    return FeatureFlags.roots(members, specs, cliFeatures(options)).keySet();
  }

  private static CliFeatures cliFeatures(CompileOptions options) throws KilnException {
    var features = options.features();
    return CliFeatures.of(features.features(), features.all(), features.noDefault());
  }

  private static FeatureResolver.Rules rules(
      Members members, CompileOptions options, RustcFacts facts, Set<PackageId> roots) {
    var selected = members.all().stream().filter(member -> roots.contains(member.id())).toList();
    var host = facts.of(CompileKind.HOST).info();
    var requested = new ArrayList<TargetInfo>();
    facts.requested().forEach(kind -> requested.add(facts.of(kind).info()));
    return FeatureResolver.Rules.of(
        members.resolver(), PlanInput.needsDev(options, selected), false, host, requested);
  }

  private static ProfileResolver.Sources profiles(Ground ground, String requested)
      throws KilnException {
    var manifest = new TreeMap<String, ProfileLayer>();
    ground
        .workspace()
        .settings()
        .profiles()
        .forEach((name, toml) -> manifest.put(name, ProfileLayer.of(toml)));
    var config = new TreeMap<String, ProfileLayer>();
    var names = new ArrayList<>(manifest.keySet());
    names.addAll(List.of("dev", "release", "test", "bench", requested));
    for (int i = 0; i < names.size(); i++) {
      var toml = ground.config().profile(names.get(i));
      ConfigCheck.check(ground.config(), ground::warn, "profile", names.get(i));
      if (toml != null && config.put(names.get(i), ProfileLayer.of(toml)) == null) {
        var parent = toml.inherits();
        if (parent != null) {
          names.add(parent);
        }
      }
    }
    return new ProfileResolver.Sources(manifest, config);
  }

  /// Does the steps that only look at values.
  static UnitGraph plan(Steps steps, Consumer<String> warnings)
      throws KilnException, InterruptedException {
    var selection = new Selection(steps.members(), warnings);
    var packages = steps.options().packages();
    var options = RunSelection.narrow(steps.options(), selection, steps.facts().requested().size());
    var specs = selection.specs(packages.specs(), packages.workspace(), packages.exclude());
    var roots = FeatureFlags.roots(steps.members(), specs, cliFeatures(options));
    var graph = steps.graph().withRoots(roots.keySet());
    var resolved = FeatureResolver.resolve(graph, steps.packages(), steps.rules(), roots);
    BuildWarnings.ofDependenciesWithoutLib(
        steps.graph(),
        steps.packages(),
        roots.keySet(),
        resolved.packages(),
        PlanInput.needsDev(steps.options()),
        warnings);
    // what is not a member can be meant only where something asked for leads to it; and what stands
    // for a published package may not have what is asked of that, on any platform
    var all =
        selection.isOfMembers(specs) && !graph.hasSubstitutes()
            ? graph.ids()
            : UnifiedFeatures.resolve(graph, steps.packages(), roots).packages();
    var ids = Selection.packages(graph, all, specs);
    var unloaded = ids.stream().filter(id -> steps.packages().find(id).isEmpty()).toList();
    if (!unloaded.isEmpty()) {
      steps.packages().load(unloaded);
    }
    List<Package> selected = ids.stream().map(steps.packages()::require).toList();
    if (PlanInput.isAnyTest(options)) {
      refuseTestsOfOthers(selected, steps.members());
    }
    var profiles =
        new ProfileResolver(
            steps.profiles(), PlanInput.profileName(options), steps.facts().rustc().host());
    var input =
        new PlanInput(
            options,
            steps.members(),
            selected,
            graph,
            steps.packages(),
            resolved,
            profiles,
            steps.facts());
    var units = new Planner(input, warnings).plan();
    RootSources.check(units);
    if (!options.ignoreRustVersion()) {
      RustVersionCheck.check(units, steps.facts().rustc());
    }
    return units;
  }

  /// Dev-dependencies are locked for members alone (Cargo: `create_bcx`).
  private static void refuseTestsOfOthers(List<Package> selected, Members members)
      throws KilnException {
    for (var pkg : selected) {
      boolean isMember = members.all().stream().anyMatch(member -> member.id().equals(pkg.id()));
      boolean hasDev =
          pkg.dependencies().stream().anyMatch(dep -> dep.kind() == Dependency.Kind.DEV);
      if (!isMember && hasDev) {
        throw new KilnException(
            "package `"
                + pkg.name()
                + "` cannot be tested because it requires dev-dependencies and is not a member of"
                + " the workspace");
      }
    }
  }
}
