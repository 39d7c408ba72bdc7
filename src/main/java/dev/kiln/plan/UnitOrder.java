package dev.kiln.plan;

import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.Target;
import java.util.Comparator;
import java.util.List;

/// Cargo's order of units: package, target, profile, kind, mode, features. The order of edges, and
/// so of `--extern`, follows from it.
final class UnitOrder {
  private static final Comparator<String> WORDS = Comparator.naturalOrder();
  private static final Comparator<Target> TARGETS =
      Comparator.comparingInt(UnitOrder::rank)
          .thenComparing(target -> String.join(",", target.crateTypes()), WORDS)
          .thenComparing(Target::name)
          .thenComparing(Target::path);
  private static final Comparator<UnitProfile> PROFILES =
      Comparator.comparing(UnitProfile::name)
          .thenComparing(UnitProfile::optLevel)
          .thenComparing(profile -> profile.root() == UnitProfile.Root.DEBUG)
          .thenComparing(profile -> profile.lto().word(), WORDS)
          .thenComparing(
              UnitProfile::codegenUnits, Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(profile -> profile.debuginfo().word(), WORDS)
          .thenComparing(
              UnitProfile::splitDebuginfo, Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(UnitProfile::debugAssertions)
          .thenComparing(UnitProfile::overflowChecks)
          .thenComparing(UnitProfile::rpath)
          .thenComparing(UnitProfile::panic)
          .thenComparing(profile -> profile.strip().word(), WORDS);
  private static final List<CompileMode> MODES =
      List.of(
          CompileMode.TEST,
          CompileMode.BUILD,
          CompileMode.CHECK,
          CompileMode.CHECK_TEST,
          CompileMode.DOC,
          CompileMode.DOCTEST,
          CompileMode.DOCSCRAPE,
          CompileMode.RUN_CUSTOM_BUILD);

  /// What the order looks at.
  private record Parts(
      PackageId pkg,
      Target target,
      UnitProfile profile,
      CompileKind kind,
      CompileMode mode,
      List<String> features) {
    static Parts of(Draft draft) {
      return new Parts(
          draft.pkg().id(),
          draft.target(),
          draft.profile(),
          draft.kind(),
          draft.mode(),
          draft.features());
    }

    static Parts of(Unit unit) {
      return new Parts(
          unit.pkg().id(),
          unit.target(),
          unit.profile(),
          unit.kind(),
          unit.mode(),
          unit.features());
    }
  }

  private static final Comparator<Parts> ORDER =
      Comparator.comparing(Parts::pkg)
          .thenComparing(Parts::target, TARGETS)
          .thenComparing(Parts::profile, PROFILES)
          .thenComparing(Parts::kind)
          .thenComparingInt(parts -> MODES.indexOf(parts.mode()))
          .thenComparing(parts -> String.join(",", parts.features()), WORDS);

  static final Comparator<Draft> DRAFTS = (a, b) -> ORDER.compare(Parts.of(a), Parts.of(b));

  static final Comparator<Unit> UNITS = (a, b) -> ORDER.compare(Parts.of(a), Parts.of(b));

  private UnitOrder() {}

  private static int rank(Target target) {
    return switch (target.kind()) {
      case LIB -> 0;
      case BIN -> 1;
      case TEST -> 2;
      case BENCH -> 3;
      case EXAMPLE -> target.isExampleLib() ? 4 : 5;
      case BUILD_SCRIPT -> 6;
    };
  }
}
