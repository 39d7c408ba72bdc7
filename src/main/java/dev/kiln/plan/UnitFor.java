package dev.kiln.plan;

import dev.kiln.manifest.Target;
import dev.kiln.resolve.FeatureSpace;

/// What a unit is wanted for, which its dependencies inherit (Cargo: profiles.rs `UnitFor`).
///
/// `host`: it, or something above it, is a build script or procedural macro, so build-override
/// profiles count. `hostFeatures`: it has the features of the host space. `readsPanic`: the
/// profile's `panic` counts; otherwise it unwinds.
record UnitFor(boolean host, boolean hostFeatures, boolean readsPanic) {
  static final UnitFor NORMAL = new UnitFor(false, false, true);
  static final UnitFor TEST = new UnitFor(false, false, false);
  static final UnitFor HOST_TEST = new UnitFor(true, true, false);
  static final UnitFor PROC_MACRO = new UnitFor(true, true, false);

  /// The purpose of a root procedural macro itself, whose profile is not a host's.
  static final UnitFor COMPILER = new UnitFor(false, false, false);

  /// Returns the purpose of a build script of a unit with this purpose: host, with the features of
  /// its own package's space.
  UnitFor forBuildScript() {
    return new UnitFor(true, hostFeatures, false);
  }

  /// Returns the purpose of a dependency: host and its features stick once they are there.
  UnitFor of(Target parent, Target dependency) {
    boolean forHost = isForHost(dependency);
    return new UnitFor(
        host || forHost,
        hostFeatures || parent.isBuildScript() || dependency.isProcMacro(),
        !forHost && readsPanic);
  }

  FeatureSpace space() {
    return FeatureSpace.of(hostFeatures);
  }

  /// Says whether a target always runs on the host.
  static boolean isForHost(Target target) {
    return target.isProcMacro() || target.isBuildScript();
  }
}
