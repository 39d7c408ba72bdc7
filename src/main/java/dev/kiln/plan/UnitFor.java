package dev.kiln.plan;

import dev.kiln.manifest.Target;
import dev.kiln.resolve.FeatureSpace;

/// What a unit is wanted for, which its dependencies inherit (Cargo: profiles.rs `UnitFor`).
///
/// `host`: it, or something above it, is a build script or procedural macro, so build-override
/// profiles count. `hostFeatures`: it has the features of the host space. `readsPanic`: the
/// profile's `panic` counts; otherwise it unwinds. `root` is the kind of the root unit above: edges
/// that differ in it alone are two, as Cargo prints them.
record UnitFor(boolean host, boolean hostFeatures, boolean readsPanic, CompileKind root) {
  static UnitFor normal(CompileKind root) {
    return new UnitFor(false, false, true, root);
  }

  /// Returns the purpose of tests and what is below them; a root procedural macro itself has it
  /// too, since its own profile is not a host's.
  static UnitFor test(CompileKind root) {
    return new UnitFor(false, false, false, root);
  }

  /// Returns the purpose of what is below a root procedural macro.
  static UnitFor procMacro(CompileKind root) {
    return new UnitFor(true, true, false, root);
  }

  /// Returns the purpose of a build script of a unit with this purpose: host, with the features of
  /// its own package's space.
  UnitFor forBuildScript() {
    return new UnitFor(true, hostFeatures, false, root);
  }

  /// Returns the purpose of a dependency: host and its features stick once they are there.
  UnitFor of(Target parent, Target dependency) {
    boolean forHost = isForHost(dependency);
    return new UnitFor(
        host || forHost,
        hostFeatures || parent.isBuildScript() || dependency.isProcMacro(),
        !forHost && readsPanic,
        root);
  }

  FeatureSpace space() {
    return FeatureSpace.of(hostFeatures);
  }

  /// Says whether a target always runs on the host.
  static boolean isForHost(Target target) {
    return target.isProcMacro() || target.isBuildScript();
  }
}
