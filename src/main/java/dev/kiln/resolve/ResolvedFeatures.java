package dev.kiln.resolve;

import dev.kiln.manifest.PackageId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The features and optional dependencies that are active, per package and feature space.
///
/// With resolver 1 there is one space, and both answer for it.
public final class ResolvedFeatures {
  /// What features are kept for.
  record Key(PackageId pkg, FeatureSpace space) {}

  private final Map<Key, SortedSet<String>> features;
  private final Map<Key, Set<String>> dependencies;
  private final boolean decoupleHost;

  ResolvedFeatures(
      Map<Key, SortedSet<String>> features,
      Map<Key, Set<String>> dependencies,
      boolean decoupleHost) {
    this.features = features;
    this.dependencies = dependencies;
    this.decoupleHost = decoupleHost;
  }

  private Key key(PackageId pkg, FeatureSpace space) {
    return new Key(pkg, decoupleHost ? space : FeatureSpace.NORMAL);
  }

  /// Returns every package that is active in some space.
  public SortedSet<PackageId> packages() {
    var packages = new TreeSet<PackageId>();
    features.keySet().forEach(key -> packages.add(key.pkg()));
    return packages;
  }

  /// Returns the active features, sorted; none for a package that is not active in the space.
  public List<String> features(PackageId pkg, FeatureSpace space) {
    var active = features.get(key(pkg, space));
    return active == null ? List.of() : List.copyOf(active);
  }

  /// Says whether the optional dependency with this key in the manifest is active.
  public boolean isDependencyActive(PackageId pkg, FeatureSpace space, String dependency) {
    var active = dependencies.get(key(pkg, space));
    return active != null && active.contains(dependency);
  }
}
