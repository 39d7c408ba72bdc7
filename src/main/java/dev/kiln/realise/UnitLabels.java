package dev.kiln.realise;

import dev.kiln.event.BuildEvent.UnitLabel;
import dev.kiln.manifest.TargetKind;
import dev.kiln.plan.Unit;

/// The words by which people know a unit, as Cargo's progress and errors have them.
public final class UnitLabels {
  private UnitLabels() {}

  /// Returns the label of a unit.
  public static UnitLabel of(int index, Unit unit) {
    var pkg = unit.pkg();
    var what = pkg.id() + (pkg.isLocal() ? " (" + pkg.directory() + ")" : "");
    var verb =
        switch (unit.mode()) {
          case CHECK, CHECK_TEST -> "Checking";
          case DOC, DOCSCRAPE -> "Documenting";
          case DOCTEST, RUN_CUSTOM_BUILD -> "Running";
          case BUILD, TEST -> "Compiling";
        };
    return new UnitLabel(index, verb, what, shortName(unit), described(unit), pkg.isLocal());
  }

  /// Cargo: job_queue `name_for_progress`.
  private static String shortName(Unit unit) {
    var pkg = unit.pkg().name();
    var target = unit.target();
    return switch (unit.mode()) {
      case RUN_CUSTOM_BUILD -> pkg + "(build)";
      case DOC -> pkg + "(doc)";
      case DOCSCRAPE -> pkg + "(scrape)";
      case TEST, CHECK_TEST ->
          target.name()
              + switch (target.kind()) {
                case LIB, TEST, BUILD_SCRIPT -> "(test)";
                case BIN -> "(bin test)";
                case EXAMPLE -> "(example test)";
                case BENCH -> "(bench)";
              };
      case BUILD, CHECK, DOCTEST ->
          switch (target.kind()) {
            case LIB -> pkg;
            case BUILD_SCRIPT -> pkg + "(build.rs)";
            case BIN -> target.name() + "(bin)";
            case EXAMPLE -> target.name() + "(example)";
            case TEST -> target.name() + "(test)";
            case BENCH -> target.name() + "(bench)";
          };
    };
  }

  /// Returns `` `name` (lib) `` as summaries say it (Cargo: `descriptive_pkg_name`).
  private static String described(Unit unit) {
    return "`" + unit.pkg().name() + "` (" + target(unit) + ")";
  }

  /// Returns `lib`, `bin "name"`, `build script`…, as in "could not compile `p` (lib)" (Cargo:
  /// `Target::description_named` and `descriptive_pkg_name`).
  public static String target(Unit unit) {
    var target = unit.target();
    var description =
        switch (target.kind()) {
          case LIB -> "lib";
          case BIN -> "bin \"" + target.name() + "\"";
          case EXAMPLE -> "example \"" + target.name() + "\"";
          case TEST -> "test \"" + target.name() + "\"";
          case BENCH -> "bench \"" + target.name() + "\"";
          case BUILD_SCRIPT -> "build script";
        };
    var isOwnKind = target.kind() == TargetKind.TEST || target.kind() == TargetKind.BENCH;
    return switch (unit.mode()) {
      case TEST, CHECK_TEST -> isOwnKind ? description : description + " test";
      case DOCTEST -> description + " doctest";
      case DOC, DOCSCRAPE -> description + " doc";
      case BUILD, CHECK, RUN_CUSTOM_BUILD -> description;
    };
  }
}
