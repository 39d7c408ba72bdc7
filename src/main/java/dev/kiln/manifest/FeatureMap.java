package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The features of a package: implicit ones added, all checked (Cargo: workspace/summary.rs
/// `build_feature_map`).
final class FeatureMap {
  private final Map<String, List<Dependency>> dependencies = new TreeMap<>();
  private final SortedMap<String, List<FeatureValue>> features = new TreeMap<>();
  private final SortedMap<String, List<String>> texts;

  private final @Nullable TomlTable table;

  private FeatureMap(
      SortedMap<String, List<String>> texts, List<Dependency> declared, @Nullable TomlTable table) {
    this.texts = texts;
    this.table = table;
    for (var dependency : declared) {
      dependencies.computeIfAbsent(dependency.key(), _ -> new ArrayList<>()).add(dependency);
    }
  }

  static SortedMap<String, List<FeatureValue>> of(
      SortedMap<String, List<String>> texts, List<Dependency> declared, @Nullable TomlTable table)
      throws KilnException {
    for (var dependency : declared) {
      if (dependency.optional() && dependency.kind() == Dependency.Kind.DEV) {
        throw new KilnException(
            "dev-dependencies are not allowed to be optional: `" + dependency.key() + "`");
      }
    }
    var map = new FeatureMap(texts, declared, table);
    map.fill();
    map.check();
    return map.features;
  }

  private void fill() {
    texts.forEach(
        (name, values) -> features.put(name, values.stream().map(FeatureValue::parse).toList()));
    Set<String> named = new HashSet<>();
    for (var values : features.values()) {
      for (var value : values) {
        if (value instanceof FeatureValue.Dep dep) {
          named.add(dep.key());
        }
      }
    }
    dependencies.forEach((key, declared) -> {
      if (isOptional(declared) && !named.contains(key) && !features.containsKey(key)) {
        features.put(key, List.of(new FeatureValue.Dep(key)));
      }
    });
  }

  private void check() throws KilnException {
    for (var entry : features.entrySet()) {
      for (var value : entry.getValue()) {
        check(entry.getKey(), value);
      }
    }
    Set<String> used = new HashSet<>();
    for (var values : features.values()) {
      for (var value : values) {
        switch (value) {
          case FeatureValue.Dep dep -> used.add(dep.key());
          case FeatureValue.DepFeature dep -> used.add(dep.key());
          case FeatureValue.Feature _ -> {}
        }
      }
    }
    for (var entry : dependencies.entrySet()) {
      if (isOptional(entry.getValue()) && !used.contains(entry.getKey())) {
        throw new KilnException(
            "optional dependency `"
                + entry.getKey()
                + "` is not included in any feature\nMake sure that `dep:"
                + entry.getKey()
                + "` is included in one of features in the [features] table.");
      }
    }
  }

  private void check(String feature, FeatureValue value) throws KilnException {
    var includes = "feature `" + feature + "` includes `" + value.text() + "`";
    switch (value) {
      case FeatureValue.Feature(var name) -> checkFeature(feature, name, includes);
      case FeatureValue.Dep(var key) -> {
        var declared = dependencies.get(key);
        if (declared == null) {
          throw new KilnException(includes + ", but `" + key + "` is not listed as a dependency");
        }
        if (!isOptional(declared)) {
          throw new KilnException(notOptional(includes, key));
        }
      }
      case FeatureValue.DepFeature dep -> checkDepFeature(feature, dep, includes);
    }
  }

  private void checkFeature(String feature, String name, String includes) throws KilnException {
    if (texts.containsKey(name) || features.containsKey(name)) {
      return;
    }
    var declared = dependencies.get(name);
    if (declared == null) {
      throw new KilnException(
          includes + " which is neither a dependency nor another feature",
          Nearest.to(name, features.keySet())
              .map(near -> "a feature with a similar name exists: `" + near + "`")
              .orElse(null));
    }
    if (isOptional(declared)) {
      throw new KilnException(
          "feature `"
              + feature
              + "` includes `"
              + name
              + "`, but `"
              + name
              + "` is an optional dependency without an implicit feature\nUse `dep:"
              + name
              + "` to enable the dependency.");
    }
    throw new KilnException(notOptional(includes, name));
  }

  private void checkDepFeature(String feature, FeatureValue.DepFeature value, String includes)
      throws KilnException {
    if (value.feature().contains("/")) {
      throw new KilnException(
          "multiple slashes in feature `"
              + value.text()
              + "` (included by feature `"
              + feature
              + "`) are not allowed");
    }
    if (value.key().startsWith("dep:")) {
      throw new KilnException(
          includes + " with both `dep:` and `/`\nTo fix this, remove the `dep:` prefix.");
    }
    var declared = dependencies.get(value.key());
    if (declared == null) {
      var message = includes + ", but `" + value.key() + "` is not a dependency";
      var place = table == null ? null : table.value(feature);
      throw place == null ? new KilnException(message) : place.failure(message);
    }
    if (value.weak() && !isOptional(declared)) {
      throw new KilnException(
          includes
              + " with a `?`, but `"
              + value.key()
              + "` is not an optional dependency\nA non-optional dependency of the same name is"
              + " defined; consider removing the `?` or changing the dependency to be optional");
    }
  }

  private static String notOptional(String includes, String key) {
    return includes
        + ", but `"
        + key
        + "` is not an optional dependency\nA non-optional dependency of the same name is defined;"
        + " consider adding `optional = true` to its definition.";
  }

  private static boolean isOptional(List<Dependency> declared) {
    return declared.stream().anyMatch(Dependency::optional);
  }
}
