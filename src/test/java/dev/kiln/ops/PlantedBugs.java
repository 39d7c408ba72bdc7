package dev.kiln.ops;

import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.FeatureValue;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.Target;
import dev.kiln.ops.PlanOperation.Steps;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.ProfileLayer;
import dev.kiln.plan.ProfileResolver;
import dev.kiln.plan.RustcFacts;
import dev.kiln.resolve.FeatureResolver.Rules;
import dev.kiln.resolve.Members;
import dev.kiln.resolve.PackageSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Bugs that a planner may have, each a rule of Cargo's got wrong.
public final class PlantedBugs {
  private PlantedBugs() {}

  /// Returns all of them, by what is wrong.
  public static SortedMap<String, Planning.Bug> all() {
    var bugs = new TreeMap<String, Planning.Bug>();
    bugs.put(
        "build dependencies share the features of the others",
        rules(r -> new Rules(false, r.ignoreDev(), r.allPlatforms(), r.host(), r.platforms())));
    bugs.put(
        "dev-dependencies turn on features of every build",
        rules(r -> new Rules(r.decoupleHost(), false, r.allPlatforms(), r.host(), r.platforms())));
    bugs.put(
        "dependencies of other platforms turn on features",
        rules(r -> new Rules(r.decoupleHost(), r.ignoreDev(), true, r.host(), r.platforms())));
    bugs.put(
        "the host decides which platform's dependencies count",
        rules(r ->
            new Rules(
                r.decoupleHost(), r.ignoreDev(), r.allPlatforms(), r.host(), List.of(r.host()))));
    bugs.put(
        "build-override is not read",
        layers(l -> new ProfileLayer(l.inherits(), l.values(), null, l.packages())));
    bugs.put("package.\"*\" is not read", layers(PlantedBugs::withoutStar));
    bugs.put(
        "profiles of the configuration are not read",
        steps ->
            with(steps, new ProfileResolver.Sources(steps.profiles().manifest(), new TreeMap<>())));
    bugs.put("a weak feature turns on its dependency", packages(PlantedBugs::withStrongFeatures));
    bugs.put("default-features = false is not read", packages(PlantedBugs::withDefaultFeatures));
    bugs.put("required-features are not read", packages(PlantedBugs::withoutRequirements));
    bugs.put("overridden build scripts are run", PlantedBugs::withoutOverrides);
    bugs.put(
        "default-members are not read",
        members(m ->
            new Members(m.root(), m.all(), m.all(), m.current(), m.isVirtual(), m.resolver())));
    return bugs;
  }

  private static Planning.Bug rules(UnaryOperator<Rules> change) {
    return s ->
        new Steps(
            s.options(),
            s.members(),
            s.graph(),
            s.packages(),
            change.apply(s.rules()),
            s.profiles(),
            s.facts());
  }

  private static Planning.Bug members(UnaryOperator<Members> change) {
    return s ->
        new Steps(
            s.options(),
            change.apply(s.members()),
            s.graph(),
            s.packages(),
            s.rules(),
            s.profiles(),
            s.facts());
  }

  private static Planning.Bug layers(UnaryOperator<ProfileLayer> change) {
    return s -> {
      var manifest = new TreeMap<>(s.profiles().manifest());
      manifest.replaceAll((_, layer) -> change.apply(layer));
      var config = new TreeMap<>(s.profiles().config());
      config.replaceAll((_, layer) -> change.apply(layer));
      return with(s, new ProfileResolver.Sources(manifest, config));
    };
  }

  private static Steps with(Steps s, ProfileResolver.Sources profiles) {
    return new Steps(
        s.options(), s.members(), s.graph(), s.packages(), s.rules(), profiles, s.facts());
  }

  private static ProfileLayer withoutStar(ProfileLayer layer) {
    var packages = new TreeMap<>(layer.packages());
    packages.remove("*");
    return new ProfileLayer(layer.inherits(), layer.values(), layer.buildOverride(), packages);
  }

  private static Steps withoutOverrides(Steps s) {
    var kinds = new TreeMap<CompileKind, RustcFacts.KindFacts>(s.facts().kinds());
    kinds.replaceAll((_, facts) ->
        new RustcFacts.KindFacts(
            facts.info(), facts.rustflags(), facts.rustdocflags(), new TreeMap<>(), List.of()));
    return new Steps(
        s.options(),
        s.members(),
        s.graph(),
        s.packages(),
        s.rules(),
        s.profiles(),
        new RustcFacts(s.facts().rustc(), s.facts().requested(), kinds));
  }

  /// Packages that say something else than their manifests.
  private record Altered(PackageSource packages, UnaryOperator<Package> change)
      implements PackageSource {
    @Override
    public Optional<Package> find(PackageId id) {
      return packages.find(id).map(change);
    }

    @Override
    public void load(Collection<PackageId> ids)
        throws dev.kiln.KilnException, InterruptedException {
      packages.load(ids);
    }
  }

  private static Planning.Bug packages(UnaryOperator<Package> change) {
    return s -> {
      var altered = new Altered(s.packages(), change);
      return new Steps(
          s.options(),
          s.members(),
          s.graph().withPackages(altered),
          altered,
          s.rules(),
          s.profiles(),
          s.facts());
    };
  }

  private static Package withStrongFeatures(Package p) {
    var features = new TreeMap<String, List<FeatureValue>>(p.features());
    features.replaceAll((_, values) -> values.stream().map(PlantedBugs::strong).toList());
    return new Package(
        p.id(),
        p.directory(),
        p.edition(),
        p.links(),
        p.dependencies(),
        features,
        p.targets(),
        p.about(),
        p.settings());
  }

  private static FeatureValue strong(FeatureValue value) {
    return value instanceof FeatureValue.DepFeature(var dependency, var feature, _)
        ? new FeatureValue.DepFeature(dependency, feature, false)
        : value;
  }

  private static Package withDefaultFeatures(Package p) {
    var dependencies =
        p.dependencies().stream()
            .map(d ->
                new Dependency(
                    d.key(),
                    d.name(),
                    d.req(),
                    d.source(),
                    d.kind(),
                    d.platform(),
                    d.optional(),
                    true,
                    d.features(),
                    d.extras()))
            .toList();
    return new Package(
        p.id(),
        p.directory(),
        p.edition(),
        p.links(),
        dependencies,
        p.features(),
        p.targets(),
        p.about(),
        p.settings());
  }

  private static Package withoutRequirements(Package p) {
    var targets =
        p.targets().stream()
            .map(t ->
                new Target(
                    t.kind(), t.name(), t.crateTypes(), t.path(), t.edition(), t.flags(), null))
            .toList();
    return new Package(
        p.id(),
        p.directory(),
        p.edition(),
        p.links(),
        p.dependencies(),
        p.features(),
        targets,
        p.about(),
        p.settings());
  }
}
