package dev.kiln.plan;

import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A unit while the graph is being made: without edges, and unique, so that two drafts are equal
/// only if they are the same object (Cargo: `UnitInterner`).
///
/// `dependencies` is 0 until the second phase, where it stands for the whole graph below the unit.
final class Draft {
  private final Package pkg;
  private final Target target;
  private final UnitProfile profile;
  private final CompileKind kind;
  private final CompileMode mode;
  private final List<String> features;
  private final int dependencies;

  private Draft(
      Package pkg,
      Target target,
      UnitProfile profile,
      CompileKind kind,
      CompileMode mode,
      List<String> features,
      int dependencies) {
    this.pkg = pkg;
    this.target = target;
    this.profile = profile;
    this.kind = kind;
    this.mode = mode;
    this.features = List.copyOf(features);
    this.dependencies = dependencies;
  }

  Package pkg() {
    return pkg;
  }

  Target target() {
    return target;
  }

  UnitProfile profile() {
    return profile;
  }

  CompileKind kind() {
    return kind;
  }

  CompileMode mode() {
    return mode;
  }

  List<String> features() {
    return features;
  }

  int dependencies() {
    return dependencies;
  }

  boolean is(CompileMode other) {
    return mode == other;
  }

  /// The drafts of one plan.
  ///
  /// Profiles are compared without name and root, and by what `debug` and `strip` come to, not by
  /// whether they are deferred; of equal drafts the first made stays.
  static final class Pool {
    private record Key(
        PackageId pkg,
        Target target,
        UnitProfile profile,
        CompileKind kind,
        CompileMode mode,
        List<String> features,
        int dependencies) {

      /// Enough to tell most drafts apart: a profile's thirteen parts are nearly always the same.
      @Override
      public int hashCode() {
        return (pkg.hashCode() * 31 + mode.hashCode()) * 31 + dependencies;
      }
    }

    private final Map<Key, Draft> drafts = new HashMap<>();
    private final Map<List<Draft>, Integer> lists = new HashMap<>();

    Draft of(
        Package pkg,
        Target target,
        UnitProfile profile,
        CompileKind kind,
        CompileMode mode,
        List<String> features,
        int dependencies) {
      var key = new Key(pkg.id(), target, comparable(profile), kind, mode, features, dependencies);
      return drafts.computeIfAbsent(
          key, _ -> new Draft(pkg, target, profile, kind, mode, features, dependencies));
    }

    /// Returns a number for a list of drafts, the same for equal lists, never 0.
    int number(List<Draft> list) {
      return lists.computeIfAbsent(List.copyOf(list), _ -> lists.size() + 1);
    }

    private static UnitProfile comparable(UnitProfile p) {
      return new UnitProfile(
          "",
          UnitProfile.Root.DEBUG,
          p.optLevel(),
          p.lto(),
          p.codegenUnits(),
          new UnitProfile.DebugInfo(p.debuginfo().word(), false),
          p.splitDebuginfo(),
          p.debugAssertions(),
          p.overflowChecks(),
          p.rpath(),
          p.incremental(),
          p.panic(),
          new UnitProfile.Strip(p.strip().word(), false),
          p.hintMostlyUnused());
    }
  }
}
