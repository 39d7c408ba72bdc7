package dev.kiln.resolve;

import dev.kiln.KilnException;
import dev.kiln.lockfile.MissingFeature;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.FeatureValue;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Features and edges as Cargo's version resolver sees them, whatever resolver builds: one set per
/// package, all platforms, dev-dependencies of the roots, and `name?/feature` turns the dependency
/// on as `name/feature` does (Cargo: resolver/dep_cache.rs). What `metadata` and `tree` show.
public final class UnifiedFeatures {
  private final PackageGraph graph;
  private final PackageSource packages;
  private final SortedMap<PackageId, CliFeatures> roots;
  private final Map<PackageId, SortedSet<String>> features = new HashMap<>();
  private final Map<PackageId, Set<String>> requests = new HashMap<>();
  private final Map<PackageId, SortedMap<PackageId, Set<Dependency>>> edges = new HashMap<>();
  private final Set<PackageId> missing = new HashSet<>();

  private UnifiedFeatures(
      PackageGraph graph, PackageSource packages, SortedMap<PackageId, CliFeatures> roots) {
    this.graph = graph;
    this.packages = packages;
    this.roots = roots;
  }

  /// Walks from the roots, loading level by level what is reached.
  public static UnifiedFeatures resolve(
      PackageGraph graph, PackageSource packages, SortedMap<PackageId, CliFeatures> roots)
      throws KilnException, InterruptedException {
    while (true) {
      var pass = new UnifiedFeatures(graph, packages, roots);
      pass.walk();
      if (pass.missing.isEmpty()) {
        return pass;
      }
      packages.load(pass.missing);
    }
  }

  /// Fails where a package that is loaded already lacks a feature that one of those asks of it,
  /// whatever is selected: Cargo's first resolve, for all members with all features.
  public static void checkLoaded(
      PackageGraph graph, PackageSource packages, Collection<PackageId> members)
      throws KilnException {
    var roots = new TreeMap<PackageId, CliFeatures>();
    members.forEach(id -> roots.put(id, CliFeatures.ALL));
    new UnifiedFeatures(graph.withRoots(roots.keySet()), packages, roots).walk();
  }

  /// Returns the features of a package, sorted.
  public List<String> features(PackageId id) {
    return List.copyOf(features.getOrDefault(id, new TreeSet<>()));
  }

  /// Returns where a package's active dependencies lead, in the order of ids, each with the entries
  /// of the manifest that it stands for.
  public SortedMap<PackageId, List<Dependency>> edges(PackageId id) {
    var result = new TreeMap<PackageId, List<Dependency>>();
    for (var edge : graph.edges(id)) {
      var active = edges.getOrDefault(id, new TreeMap<>()).getOrDefault(edge.to(), Set.of());
      var kept = edge.dependencies().stream().filter(active::contains).toList();
      if (!kept.isEmpty()) {
        result.put(edge.to(), kept);
      }
    }
    return result;
  }

  /// Returns all packages that are part of it: those that a specification may name.
  public Set<PackageId> packages() {
    return Collections.unmodifiableSet(features.keySet());
  }

  private void walk() throws KilnException {
    for (var root : roots.entrySet()) {
      var asked = root.getValue();
      var wanted = new TreeSet<FeatureText>();
      if (asked.all()) {
        packages
            .require(root.getKey())
            .features()
            .keySet()
            .forEach(name -> wanted.add(feature(name)));
      }
      asked.values().forEach((text, value) -> wanted.add(new FeatureText(text, value)));
      activate(root.getKey(), wanted, asked.defaults());
    }
  }

  /// A feature's value with its text, for an order.
  private record FeatureText(String text, FeatureValue value) implements Comparable<FeatureText> {
    @Override
    public int compareTo(FeatureText other) {
      return text.compareTo(other.text);
    }
  }

  private static FeatureText feature(String name) {
    return new FeatureText(name, new FeatureValue.Feature(name));
  }

  private void activate(PackageId id, SortedSet<FeatureText> wanted, boolean defaults)
      throws KilnException {
    var found = packages.find(id);
    if (found.isEmpty()) {
      missing.add(id);
      return;
    }
    var pkg = found.get();
    var request = new TreeSet<>(wanted);
    if (defaults && pkg.features().containsKey("default")) {
      request.add(feature("default"));
    }
    var key = request.toString();
    if (!requests.computeIfAbsent(id, _ -> new HashSet<>()).add(key)) {
      return;
    }
    var wantedDependencies = new HashMap<String, Set<String>>();
    var seen = features.computeIfAbsent(id, _ -> new TreeSet<>());
    var local = new HashSet<String>();
    request.forEach(text -> expand(pkg, text.value(), local, wantedDependencies));
    seen.addAll(local);
    for (var edge : graph.edges(id)) {
      for (var dependency : edge.dependencies()) {
        follow(id, edge.to(), dependency, wantedDependencies.get(dependency.key()));
      }
    }
  }

  private void follow(
      PackageId from, PackageId to, Dependency dependency, @Nullable Set<String> asked)
      throws KilnException {
    boolean dev = dependency.kind() == Dependency.Kind.DEV;
    if ((dev && !roots.containsKey(from)) || (dependency.optional() && asked == null)) {
      return;
    }
    edges
        .computeIfAbsent(from, _ -> new TreeMap<>())
        .computeIfAbsent(to, _ -> new HashSet<>())
        .add(dependency);
    var wanted = new TreeSet<FeatureText>();
    dependency.features().forEach(name -> wanted.add(feature(name)));
    if (asked != null) {
      asked.forEach(name -> wanted.add(feature(name)));
    }
    var pkg = packages.find(to);
    if (pkg.isPresent()) {
      for (var feature : wanted) {
        MissingFeature.refuse(from, pkg.get(), feature.text());
      }
    }
    activate(to, wanted, dependency.defaultFeatures());
  }

  private static void expand(
      Package pkg, FeatureValue value, Set<String> active, Map<String, Set<String>> dependencies) {
    switch (value) {
      case FeatureValue.Feature(var name) -> {
        var values = pkg.features().get(name);
        if (values != null && active.add(name)) {
          new ArrayList<>(values).forEach(inner -> expand(pkg, inner, active, dependencies));
        }
      }
      case FeatureValue.Dep(var key) -> dependencies.computeIfAbsent(key, _ -> new TreeSet<>());
      case FeatureValue.DepFeature dep -> {
        dependencies.computeIfAbsent(dep.key(), _ -> new TreeSet<>()).add(dep.feature());
        boolean optional =
            pkg.dependencies().stream()
                .anyMatch(other -> other.optional() && other.key().equals(dep.key()));
        if (!dep.weak() && optional) {
          expand(pkg, new FeatureValue.Feature(dep.key()), active, dependencies);
        }
      }
    }
  }
}
