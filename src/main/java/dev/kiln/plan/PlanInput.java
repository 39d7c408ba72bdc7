package dev.kiln.plan;

import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.TargetKind;
import dev.kiln.resolve.FeatureSpace;
import dev.kiln.resolve.Members;
import dev.kiln.resolve.PackageGraph;
import dev.kiln.resolve.PackageSource;
import dev.kiln.resolve.PlatformCheck;
import dev.kiln.resolve.ResolvedFeatures;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// All that a unit graph is made from.
///
/// `selected` are the packages whose targets are roots, sorted by id. `graph` has as its roots the
/// members that features were resolved from.
public record PlanInput(
    CompileOptions options,
    Members members,
    List<Package> selected,
    PackageGraph graph,
    PackageSource packages,
    ResolvedFeatures features,
    ProfileResolver profiles,
    RustcFacts facts) {
  public PlanInput {
    selected = List.copyOf(selected);
  }

  /// Returns the name of the profile that options mean: the command's own where none is given.
  public static String profileName(CompileOptions options) {
    var given = options.profile();
    if (given != null) {
      return given;
    }
    return switch (options.intent()) {
      case BUILD, CHECK, RUN, DOC, DOC_WITHOUT_DEPS -> "dev";
      case TEST, DOCTEST -> "test";
      case BENCH -> "bench";
      case INSTALL -> "release";
    };
  }

  /// Says whether something that is asked for uses dev-dependencies (Cargo: `need_dev_deps`).
  public static boolean needsDev(CompileOptions options) {
    var filter = options.filter();
    return switch (mode(options)) {
      case TEST, DOCTEST, CHECK_TEST -> true;
      default ->
          filter.allTargets()
              || !filter.examples().isNone()
              || !filter.tests().isNone()
              || !filter.benches().isNone();
    };
  }

  /// Does the same for features, which documentation may be shown with examples for: those that a
  /// selected package names for that (Cargo: `create_bcx`).
  public static boolean needsDev(CompileOptions options, List<Package> selected) {
    return needsDev(options)
        || ((options.intent() == CompileOptions.Intent.DOC
                || options.intent() == CompileOptions.Intent.DOC_WITHOUT_DEPS)
            && selected.stream()
                .flatMap(pkg -> pkg.targets().stream())
                .anyMatch(
                    target -> target.kind() == TargetKind.EXAMPLE && target.flags().scraped()));
  }

  /// Says whether the command tests what is selected, and so needs its dev-dependencies (Cargo:
  /// `is_any_test`).
  public static boolean isAnyTest(CompileOptions options) {
    var mode = mode(options);
    return mode.isRustcTest() || mode == CompileMode.DOCTEST;
  }

  boolean isMember(Package pkg) {
    return members.all().stream().anyMatch(member -> member.id().equals(pkg.id()));
  }

  UnitProfile profile(Package pkg, UnitFor unitFor, CompileKind kind) {
    return profiles.profile(pkg.id(), isMember(pkg), unitFor, kind);
  }

  /// Returns the kind that stands for the host in the first phase, so that units which are for the
  /// host since no target was asked for differ from build scripts and the like.
  CompileKind explicitHost() {
    return CompileKind.target(facts.rustc().host());
  }

  /// Returns the mode that the command compiles its targets in.
  CompileMode mode() {
    return mode(options);
  }

  private static CompileMode mode(CompileOptions options) {
    return switch (options.intent()) {
      case BUILD, RUN, INSTALL -> CompileMode.BUILD;
      // an old habit of Cargo's: `check --profile test` is `check --tests`
      case CHECK -> "test".equals(options.profile()) ? CompileMode.CHECK_TEST : CompileMode.CHECK;
      case TEST, BENCH -> CompileMode.TEST;
      case DOC, DOC_WITHOUT_DEPS -> CompileMode.DOC;
      case DOCTEST -> CompileMode.DOCTEST;
    };
  }

  /// Says whether the command as a whole is a test run, so that nothing in it aborts on panic.
  boolean isTestRun() {
    return mode().isRustcTest();
  }

  /// Returns the features of a package that `required-features` can name: its own, and those of its
  /// dependencies as `KEY/FEATURE`, of dev-dependencies where `withDev` says so (Cargo:
  /// `resolve_all_features`).
  SortedSet<String> allFeatures(PackageId pkg, boolean withDev) {
    var all = new TreeSet<>(features.features(pkg, FeatureSpace.NORMAL));
    for (var edge : graph.edges(pkg)) {
      var to = packages.find(edge.to());
      if (to.isEmpty()) {
        continue;
      }
      for (var dependency : edge.dependencies()) {
        if (!canCount(dependency, withDev)) {
          continue;
        }
        boolean host = to.get().isProcMacro() || dependency.kind() == Dependency.Kind.BUILD;
        features
            .features(edge.to(), FeatureSpace.of(host))
            .forEach(feature -> all.add(dependency.key() + "/" + feature));
      }
    }
    return all;
  }

  /// Says whether any platform of the command uses a dependency (Cargo: `filter_deps`).
  private boolean canCount(Dependency dependency, boolean withDev) {
    if (dependency.kind() == Dependency.Kind.DEV && !withDev) {
      return false;
    }
    return facts.kinds().values().stream()
        .anyMatch(kind -> new PlatformCheck(kind.info()).matches(dependency.platform()));
  }
}
