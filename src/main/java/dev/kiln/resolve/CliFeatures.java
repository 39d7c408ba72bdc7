package dev.kiln.resolve;

import dev.kiln.KilnException;
import dev.kiln.manifest.FeatureValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The features that flags ask one package, or the whole command, for.
///
/// `values` maps the text as written to its meaning.
public record CliFeatures(SortedMap<String, FeatureValue> values, boolean all, boolean defaults) {
  /// What a package gets that no flag speaks of.
  public static final CliFeatures DEFAULTS = new CliFeatures(new TreeMap<>(), false, true);

  /// All that a package has.
  static final CliFeatures ALL = new CliFeatures(new TreeMap<>(), true, true);

  public CliFeatures {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /// Reads `--features`, `--all-features` and `--no-default-features`.
  public static CliFeatures of(List<String> features, boolean all, boolean noDefault)
      throws KilnException {
    var values = new TreeMap<String, FeatureValue>();
    for (var text : features) {
      for (var word : split(text)) {
        values.put(word, value(word));
      }
    }
    return new CliFeatures(values, all, !noDefault);
  }

  private static List<String> split(String text) {
    var words = new ArrayList<String>();
    for (var word : text.split("[\\s,]+", -1)) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }

  private static FeatureValue value(String word) throws KilnException {
    var value = FeatureValue.parse(word);
    return switch (value) {
      case FeatureValue.Feature feature -> feature;
      case FeatureValue.Dep _ ->
          throw new KilnException(
              "feature `" + word + "` is not allowed to use explicit `dep:` syntax");
      case FeatureValue.DepFeature dep -> {
        if (dep.feature().contains("/")) {
          throw new KilnException("multiple slashes in feature `" + word + "` is not allowed");
        }
        yield dep;
      }
    };
  }

  boolean isDefaultsOnly() {
    return values.isEmpty() && !all && defaults;
  }
}
