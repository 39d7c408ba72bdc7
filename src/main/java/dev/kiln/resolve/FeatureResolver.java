package dev.kiln.resolve;

import dev.kiln.KilnException;
import dev.kiln.lockfile.MissingFeature;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.FeatureValue;
import dev.kiln.manifest.Nearest;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.toolchain.TargetInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Finds out which features of which packages are active (Cargo: resolver/features.rs;
/// cargo-build.md §3.4).
///
/// One pass activates features along the dependencies from the roots on. What it cannot look into
/// since it is not loaded, it notes and leaves out; then all of that is loaded at once, and a new
/// pass is made. So each pass goes one level deeper, and only packages that an active dependency
/// reaches are ever loaded.
public final class FeatureResolver {
  /// The rules that differ by resolver and by command.
  ///
  /// `decoupleHost`: build dependencies and procedural macros have their own feature space.
  /// `ignoreDev`: dev-dependencies do not count. `platforms` are those whose dependencies count,
  /// `host` is what counts in the host's space; `allPlatforms`: any platform's dependencies count.
  public record Rules(
      boolean decoupleHost,
      boolean ignoreDev,
      boolean allPlatforms,
      PlatformCheck host,
      List<PlatformCheck> platforms) {
    public Rules {
      platforms = List.copyOf(platforms);
    }

    /// Returns Cargo's rules: resolver 1 unifies everything; 2 and 3 tell hosts and platforms
    /// apart, and count dev-dependencies only where something needs them.
    public static Rules of(
        int resolver,
        boolean needsDev,
        boolean allPlatforms,
        TargetInfo host,
        List<TargetInfo> requested) {
      boolean old = resolver == 1;
      return new Rules(
          !old,
          !old && !needsDev,
          old || allPlatforms,
          new PlatformCheck(host),
          requested.stream().map(PlatformCheck::new).toList());
    }
  }

  private final PackageGraph graph;
  private final PackageSource packages;
  private final Rules rules;
  private final SortedMap<PackageId, CliFeatures> roots;

  private final Map<ResolvedFeatures.Key, SortedSet<String>> features = new HashMap<>();
  private final Map<ResolvedFeatures.Key, Set<String>> dependencies = new HashMap<>();
  private final Set<Place> processed = new HashSet<>();
  private final Map<Deferred, SortedSet<String>> deferred = new HashMap<>();
  private final Set<PackageId> missing = new HashSet<>();

  /// Where the walk is: unlike a feature's key, with the space even where spaces are unified, since
  /// the platform of a dependency depends on it.
  private record Place(PackageId pkg, FeatureSpace space) {}

  private record Deferred(Place place, String dependency) {}

  private FeatureResolver(
      PackageGraph graph,
      PackageSource packages,
      Rules rules,
      SortedMap<PackageId, CliFeatures> roots) {
    this.graph = graph;
    this.packages = packages;
    this.rules = rules;
    this.roots = roots;
  }

  /// Resolves the features of everything that the roots reach; the graph must have them as roots.
  public static ResolvedFeatures resolve(
      PackageGraph graph,
      PackageSource packages,
      Rules rules,
      SortedMap<PackageId, CliFeatures> roots)
      throws KilnException, InterruptedException {
    while (true) {
      var pass = new FeatureResolver(graph, packages, rules, new TreeMap<>(roots));
      pass.activateRoots();
      if (pass.missing.isEmpty()) {
        return new ResolvedFeatures(pass.features, pass.dependencies, rules.decoupleHost());
      }
      packages.load(pass.missing);
    }
  }

  private void activateRoots() throws KilnException {
    for (var root : roots.entrySet()) {
      var pkg = packages.find(root.getKey());
      if (pkg.isEmpty()) {
        missing.add(root.getKey());
        continue;
      }
      var values = requested(pkg.get(), root.getValue());
      requireNamed(root.getKey(), root.getValue());
      // a procedural macro's own programs and tests use the normal space
      activatePackage(new Place(root.getKey(), FeatureSpace.NORMAL), values);
      if (rules.decoupleHost() && pkg.get().isProcMacro()) {
        activatePackage(new Place(root.getKey(), FeatureSpace.HOST), values);
      }
    }
  }

  /// A dependency's feature that the command line names must be there, even where the platform
  /// leaves the dependency out.
  private void requireNamed(PackageId root, CliFeatures cli) throws KilnException {
    for (var value : cli.values().values()) {
      if (!(value instanceof FeatureValue.DepFeature(var key, var feature, var weak)) || weak) {
        continue;
      }
      for (var edge : graph.edges(root)) {
        if (edge.dependencies().stream().noneMatch(d -> d.key().equals(key))) {
          continue;
        }
        var to = packages.find(edge.to());
        if (to.isPresent()) {
          MissingFeature.refuse(root, to.get(), feature);
        } else {
          missing.add(edge.to());
        }
      }
    }
  }

  private static List<FeatureValue> requested(Package pkg, CliFeatures cli) {
    var values = new ArrayList<FeatureValue>();
    if (cli.all()) {
      pkg.features().keySet().forEach(name -> values.add(new FeatureValue.Feature(name)));
    }
    values.addAll(cli.values().values());
    if (cli.defaults() && pkg.features().containsKey("default")) {
      values.add(new FeatureValue.Feature("default"));
    }
    return values;
  }

  private static List<FeatureValue> requested(Package pkg, Dependency dependency) {
    var values = new ArrayList<FeatureValue>();
    dependency.features().forEach(feature -> values.add(FeatureValue.parse(feature)));
    if (dependency.defaultFeatures() && pkg.features().containsKey("default")) {
      values.add(new FeatureValue.Feature("default"));
    }
    return values;
  }

  private ResolvedFeatures.Key key(Place place) {
    return new ResolvedFeatures.Key(
        place.pkg(), rules.decoupleHost() ? place.space() : FeatureSpace.NORMAL);
  }

  private void activatePackage(Place place, List<FeatureValue> values) throws KilnException {
    features.computeIfAbsent(key(place), _ -> new TreeSet<>());
    for (var value : values) {
      activate(place, value);
    }
    if (!processed.add(place)) {
      return;
    }
    for (var feature : overriding(place)) {
      activateFeature(place, feature);
    }
    for (var edge : graph.edges(place.pkg())) {
      for (var dependency : edge.dependencies()) {
        if (!dependency.optional() && counts(place, dependency)) {
          activateTarget(place, edge.to(), dependency);
        }
      }
    }
    for (var dependency : graph.unlocked(place.pkg())) {
      if (!dependency.optional()) {
        requireUncounted(place, dependency);
      }
    }
  }

  /// Versions are taken from the lock file alone: what is needed and not there cannot be left out.
  private void requireUncounted(Place place, Dependency dependency) throws KilnException {
    if (counts(place, dependency)) {
      throw new KilnException(
          "the lock file has no package for `"
              + dependency.name()
              + " = \""
              + dependency.req()
              + "\"`, which `"
              + place.pkg()
              + "` needs with these features",
          "run `cargo update --workspace`; where only `--features` or kiln.toml asks for it, ask for"
              + " it in a member's manifest, since versions are taken from the lock file alone");
    }
  }

  /// Activates what a dependency leads to, with the features that it asks for.
  private void activateTarget(Place from, PackageId to, Dependency dependency)
      throws KilnException {
    var pkg = packages.find(to);
    if (pkg.isEmpty()) {
      missing.add(to);
      return;
    }
    for (var feature : dependency.features()) {
      MissingFeature.refuse(from.pkg(), pkg.get(), feature);
    }
    activatePackage(
        new Place(to, space(from, dependency, pkg.get())), requested(pkg.get(), dependency));
  }

  /// Returns the features that kiln.toml adds to a package on a platform of the place's.
  private SortedSet<String> overriding(Place place) throws KilnException {
    var added = new TreeSet<String>();
    var platforms = place.space() == FeatureSpace.HOST ? List.of(rules.host()) : rules.platforms();
    for (var override : packages.overrides()) {
      if (!override.features().isEmpty()
          && override.concerns(place.pkg())
          && platforms.stream().anyMatch(check -> check.matches(override.platform()))) {
        added.addAll(override.features());
      }
    }
    var known = packages.require(place.pkg()).features().keySet();
    for (var feature : added) {
      if (!known.contains(feature)) {
        throw new KilnException(
            "kiln.toml asks for the feature `"
                + feature
                + "`, which "
                + place.pkg()
                + " does not have",
            Nearest.to(feature, known).map(near -> "did you mean `" + near + "`?").orElse(null));
      }
    }
    return added;
  }

  private void activate(Place place, FeatureValue value) throws KilnException {
    switch (value) {
      case FeatureValue.Feature feature -> activateFeature(place, feature.name());
      case FeatureValue.Dep dep -> activateDependency(place, dep.key());
      case FeatureValue.DepFeature dep -> activateDependencyFeature(place, dep);
    }
  }

  private void activateFeature(Place place, String feature) throws KilnException {
    if (!features.computeIfAbsent(key(place), _ -> new TreeSet<>()).add(feature)) {
      return;
    }
    var pkg = packages.require(place.pkg());
    pkg.requireNoCycle(feature);
    for (var value : pkg.features().getOrDefault(feature, List.of())) {
      activate(place, value);
    }
  }

  /// Activates an optional dependency (`dep:NAME`), and the weak features that waited for it.
  private void activateDependency(Place place, String key) throws KilnException {
    dependencies.computeIfAbsent(key(place), _ -> new HashSet<>()).add(key);
    var waiting = deferred.remove(new Deferred(place, key));
    for (var edge : graph.edges(place.pkg())) {
      for (var dependency : edge.dependencies()) {
        if (!dependency.key().equals(key) || !counts(place, dependency)) {
          continue;
        }
        var pkg = packages.find(edge.to());
        if (pkg.isEmpty()) {
          missing.add(edge.to());
          continue;
        }
        var to = new Place(edge.to(), space(place, dependency, pkg.get()));
        if (waiting != null) {
          for (var feature : waiting) {
            activate(to, FeatureValue.parse(feature));
          }
        }
        activatePackage(to, requested(pkg.get(), dependency));
      }
    }
    for (var dependency : graph.unlocked(place.pkg())) {
      if (dependency.key().equals(key)) {
        requireUncounted(place, dependency);
      }
    }
  }

  /// Activates `NAME/FEATURE` or `NAME?/FEATURE`.
  private void activateDependencyFeature(Place place, FeatureValue.DepFeature value)
      throws KilnException {
    for (var edge : graph.edges(place.pkg())) {
      for (var dependency : edge.dependencies()) {
        if (!dependency.key().equals(value.key()) || !counts(place, dependency)) {
          continue;
        }
        if (dependency.optional()) {
          if (value.weak() && !isActive(place, value.key())) {
            // someone may enable the dependency later
            deferred
                .computeIfAbsent(new Deferred(place, value.key()), _ -> new TreeSet<>())
                .add(value.feature());
            continue;
          }
          activateDependency(place, value.key());
          boolean named = packages.require(place.pkg()).features().containsKey(value.key());
          if (!value.weak() && named) {
            // older than `dep:`: it turns on the feature of that name too
            activateFeature(place, value.key());
          }
        }
        var pkg = packages.find(edge.to());
        if (pkg.isEmpty()) {
          missing.add(edge.to());
          continue;
        }
        MissingFeature.refuse(place.pkg(), pkg.get(), value.feature());
        activate(
            new Place(edge.to(), space(place, dependency, pkg.get())),
            FeatureValue.parse(value.feature()));
      }
    }
    for (var dependency : graph.unlocked(place.pkg())) {
      if (dependency.key().equals(value.key()) && !value.weak()) {
        requireUncounted(place, dependency);
      }
    }
  }

  private boolean isActive(Place place, String key) {
    var active = dependencies.get(key(place));
    return active != null && active.contains(key);
  }

  private FeatureSpace space(Place from, Dependency dependency, Package to) {
    if (!rules.decoupleHost()) {
      return FeatureSpace.NORMAL;
    }
    var lib = to.lib();
    return FeatureSpace.of(
        from.space() == FeatureSpace.HOST
            || dependency.kind() == Dependency.Kind.BUILD
            || (lib != null && lib.isProcMacro()));
  }

  /// Says whether a dependency counts at all, by its kind and platform.
  private boolean counts(Place from, Dependency dependency) {
    if (rules.ignoreDev() && dependency.kind() == Dependency.Kind.DEV) {
      return false;
    }
    if (dependency.platform() == null || rules.allPlatforms()) {
      return true;
    }
    if (from.space() == FeatureSpace.HOST || dependency.kind() == Dependency.Kind.BUILD) {
      return rules.host().matches(dependency.platform());
    }
    return rules.platforms().stream().anyMatch(platform -> platform.matches(dependency.platform()));
  }
}
