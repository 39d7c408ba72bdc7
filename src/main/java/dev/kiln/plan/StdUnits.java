package dev.kiln.plan;

import dev.kiln.plan.UnitProfile.Panic;

/// Makes a plan of Rust's own `library/` one of the standard library's units: for another target
/// than the host they are what `-Z build-std` builds (Cargo: standard_lib.rs).
public final class StdUnits {
  private StdUnits() {}

  /// Returns the graph with the units for targets marked as std's.
  public static UnitGraph mark(UnitGraph graph) {
    return new UnitGraph(graph.units().stream().map(StdUnits::mark).toList(), graph.roots());
  }

  private static Unit mark(Unit unit) {
    if (unit.kind().isHost()) {
      return unit;
    }
    var flags = unit.flags();
    return new Unit(
        unit.pkg(),
        unit.target(),
        // library/Cargo.toml says so by flags in a profile, which stable Cargo has not
        unit.pkg().name().equals("panic_abort") ? aborting(unit.profile()) : unit.profile(),
        unit.kind(),
        unit.mode(),
        unit.features(),
        new Unit.Flags(
            flags.rustflags(), flags.rustdocflags(), flags.lto(), true, flags.override()),
        unit.dependencies());
  }

  private static UnitProfile aborting(UnitProfile profile) {
    return new UnitProfile(
        profile.name(),
        profile.root(),
        profile.optLevel(),
        profile.lto(),
        profile.codegenUnits(),
        profile.debuginfo(),
        profile.splitDebuginfo(),
        profile.debugAssertions(),
        profile.overflowChecks(),
        profile.rpath(),
        profile.incremental(),
        Panic.ABORT,
        profile.strip(),
        profile.hintMostlyUnused());
  }
}
