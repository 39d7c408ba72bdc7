package dev.kiln.resolve;

import static java.util.Objects.requireNonNull;

import dev.kiln.KilnException;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.FeatureValue;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which members are starting points, and what feature flags mean for each (Cargo: workspace.rs
/// `members_with_features`; cargo-build.md §2.4.8).
public final class FeatureFlags {
  private final Members members;
  private final List<PackageSpec> specs;
  private final CliFeatures cli;

  private FeatureFlags(Members members, List<PackageSpec> specs, CliFeatures cli) {
    this.members = members;
    this.specs = specs;
    this.cli = cli;
  }

  /// Returns the members that features are resolved from, with the features asked of each.
  public static SortedMap<PackageId, CliFeatures> roots(
      Members members, List<PackageSpec> specs, CliFeatures cli) throws KilnException {
    var flags = new FeatureFlags(members, specs, cli);
    return members.hasNewFeatureFlags() ? flags.forAllSelected() : flags.forCurrent();
  }

  /// Resolver 2 or a virtual root: flags count for all selected members, each takes what it knows.
  private SortedMap<PackageId, CliFeatures> forAllSelected() throws KilnException {
    var selected = Selection.matching(members.all(), specs);
    var roots = new TreeMap<PackageId, CliFeatures>();
    if (selected.isEmpty()) {
      if (!cli.isDefaultsOnly()) {
        throw new KilnException("cannot specify features for packages outside of workspace");
      }
      members.all().forEach(member -> roots.put(member.id(), CliFeatures.DEFAULTS));
      return roots;
    }
    var found = new TreeSet<String>();
    for (var member : selected) {
      var values = new TreeMap<String, FeatureValue>();
      cli.values()
          .forEach((text, value) -> {
            var own = own(member, value);
            if (own != null) {
              found.add(text);
              values.put(text, own);
            }
          });
      roots.put(member.id(), new CliFeatures(values, cli.all(), cli.defaults()));
    }
    var unknown = new TreeSet<>(cli.values().keySet());
    unknown.removeAll(found);
    if (!unknown.isEmpty()) {
      throw unknown(selected, List.copyOf(unknown));
    }
    for (var member : selected) {
      requireKnown(member, requireNonNull(roots.get(member.id())).values());
    }
    return roots;
  }

  private static @Nullable FeatureValue own(Package member, FeatureValue value) {
    return switch (value) {
      case FeatureValue.Feature feature -> knows(member, feature.name()) ? feature : null;
      case FeatureValue.Dep _ -> null;
      case FeatureValue.DepFeature dep -> {
        if (member.dependencies().stream().anyMatch(d -> d.key().equals(dep.key()))) {
          yield dep;
        }
        yield dep.key().equals(member.name()) && knows(member, dep.feature())
            ? new FeatureValue.Feature(dep.feature())
            : null;
      }
    };
  }

  private static boolean knows(Package member, String feature) {
    return member.features().containsKey(feature)
        || member.dependencies().stream()
            .anyMatch(dependency -> dependency.optional() && dependency.key().equals(feature));
  }

  /// Resolver 1 with a root package: flags count for the current package alone, but `member/feat`.
  private SortedMap<PackageId, CliFeatures> forCurrent() throws KilnException {
    var current = members.current();
    var ofMembers = new TreeMap<String, TreeMap<String, FeatureValue>>();
    var ofCurrent = new TreeMap<String, FeatureValue>();
    cli.values()
        .forEach((text, value) -> {
          if (value instanceof FeatureValue.DepFeature dep && isOtherMember(dep.key())) {
            ofMembers
                .computeIfAbsent(dep.key(), _ -> new TreeMap<>())
                .put(dep.feature(), new FeatureValue.Feature(dep.feature()));
          } else {
            ofCurrent.put(text, value);
          }
        });
    var roots = new TreeMap<PackageId, CliFeatures>();
    for (var member : members.all()) {
      if (current != null && member.id().equals(current.id())) {
        requireKnown(member, ofCurrent);
        roots.put(member.id(), new CliFeatures(ofCurrent, cli.all(), cli.defaults()));
      } else if (specs.stream().anyMatch(spec -> spec.matches(member.id()))) {
        var values = ofMembers.getOrDefault(member.name(), new TreeMap<>());
        requireKnown(member, values);
        roots.put(member.id(), new CliFeatures(values, cli.all(), true));
      }
    }
    return roots;
  }

  private boolean isOtherMember(String name) {
    var current = members.current();
    return members.all().stream()
            .anyMatch(member ->
                member.name().equals(name)
                    && (current == null || !member.id().equals(current.id())))
        && specs.stream().anyMatch(spec -> spec.name().equals(name));
  }

  private static void requireKnown(Package member, SortedMap<String, FeatureValue> values)
      throws KilnException {
    // Cargo's order: plain features before those of dependencies
    var ordered =
        values.entrySet().stream()
            .sorted(
                Comparator.comparing(entry -> entry.getValue() instanceof FeatureValue.DepFeature))
            .toList();
    for (var entry : ordered) {
      var missing = missing(member, entry.getKey(), entry.getValue());
      if (missing != null) {
        throw new KilnException(
            "package `" + member.id() + " (" + member.directory() + ")` does not have " + missing);
      }
    }
  }

  private static @Nullable String missing(Package member, String text, FeatureValue value) {
    if (value instanceof FeatureValue.DepFeature dep) {
      return member.dependencies().stream().anyMatch(d -> d.key().equals(dep.key()))
          ? null
          : "a dependency named `" + dep.key() + "`";
    }
    var name = value instanceof FeatureValue.Feature(var feature) ? feature : text;
    if (member.features().containsKey(name)) {
      return null;
    }
    // a dependency of that name is no feature where it is not optional, or `dep:` names it
    return member.dependencies().stream().anyMatch(d -> d.key().equals(name))
        ? "feature `" + name + "`"
        : "the feature `" + name + "`";
  }

  private static KilnException unknown(List<Package> selected, List<String> unknown) {
    var words = String.join(", ", unknown);
    var these = unknown.size() == 1 ? "this feature" : "these features";
    var similar = similar(selected, unknown);
    var hint =
        similar.isEmpty()
            ? null
            : similar.size() == 1
                ? "there is a similarly named feature: " + similar.getFirst()
                : "there are similarly named features: " + String.join(", ", similar);
    if (selected.size() == 1) {
      return new KilnException(
          "the package '"
              + selected.getFirst().name()
              + "' does not contain "
              + these
              + ": "
              + words,
          hint);
    }
    var names = selected.stream().map(Package::name).toList();
    return new KilnException(
        "none of the selected packages contains "
            + these
            + ": "
            + words
            + "\nselected packages: "
            + String.join(", ", names),
        hint);
  }

  private static List<String> similar(List<Package> selected, List<String> unknown) {
    var similar = new TreeSet<String>();
    for (var member : selected) {
      var known = new ArrayList<>(member.features().keySet());
      member.dependencies().stream()
          .filter(Dependency::optional)
          .forEach(dependency -> known.add(dependency.key()));
      for (var word : unknown) {
        known.stream().filter(name -> Closest.isNear(name, word)).forEach(similar::add);
      }
    }
    return similar.stream().limit(5).toList();
  }
}
