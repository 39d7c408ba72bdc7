package dev.kiln.realise;

import dev.kiln.event.BuildEvent.UnitLabel;
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
    return new UnitLabel(index, verb, what, shortName(unit), pkg.isLocal());
  }

  private static String shortName(Unit unit) {
    var name = unit.pkg().name();
    var target = unit.target();
    var suffix =
        switch (unit.mode()) {
          case RUN_CUSTOM_BUILD -> "(build)";
          case DOC, DOCSCRAPE -> "(doc)";
          case TEST, CHECK_TEST -> "(test)";
          case BUILD, CHECK, DOCTEST ->
              switch (target.kind()) {
                case LIB -> "";
                case BUILD_SCRIPT -> "(build.rs)";
                case BIN -> target.name().equals(name) ? "(bin)" : "(bin " + target.name() + ")";
                case EXAMPLE -> "(example " + target.name() + ")";
                case TEST -> "(test " + target.name() + ")";
                case BENCH -> "(bench " + target.name() + ")";
              };
        };
    return name + suffix;
  }

  /// Returns `lib`, `bin "name"`, `build script`…, as in "could not compile `p` (lib)" (Cargo:
  /// `Target::description_named`).
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
    return unit.mode().isRustcTest() && !description.startsWith("test ")
        ? description + " test"
        : description;
  }
}
