package dev.kiln.plan;

import dev.kiln.manifest.Package;
import dev.kiln.manifest.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One run of rustc, of a build script, or of rustdoc (Cargo: compiler/unit.rs).
///
/// `features` are sorted. `dependencies` are in Cargo's order, which is the order of `--extern`.
/// Two units of a graph differ in at least one component, dependencies included.
public record Unit(
    Package pkg,
    Target target,
    UnitProfile profile,
    CompileKind kind,
    CompileMode mode,
    List<String> features,
    Flags flags,
    List<UnitDep> dependencies) {

  /// What of the configuration is part of a unit: RUSTFLAGS and RUSTDOCFLAGS of its kind, how it
  /// takes part in link-time optimisation, whether it belongs to std, and, for the run of a build
  /// script that the configuration overrides, what stands in its place (null otherwise; such a run
  /// has no dependencies and starts no process).
  public record Flags(
      List<String> rustflags,
      List<String> rustdocflags,
      UnitLto lto,
      boolean isStd,
      @Nullable ScriptOverride override) {
    public Flags {
      rustflags = List.copyOf(rustflags);
      rustdocflags = List.copyOf(rustdocflags);
    }
  }

  public Unit {
    features = List.copyOf(features);
    dependencies = List.copyOf(dependencies);
  }

  /// Says whether this run compiles, or runs, a build script.
  public boolean isBuildScript() {
    return target.isBuildScript();
  }

  /// Says whether warnings are shown and lints are not capped.
  public boolean isLocal() {
    return pkg.isLocal() && !flags.isStd();
  }

  /// Says whether linking needs objects of everything below (Cargo: requires_upstream_objects): any
  /// crate type but lib and rlib, and every test.
  public boolean requiresUpstreamObjects() {
    return mode.isRustcTest()
        || target.crateTypes().stream()
            .anyMatch(type -> !type.equals("lib") && !type.equals("rlib"));
  }

  /// Says whether the metadata of a dependency is all that compiling this unit needs, so that it
  /// may start before the dependency's code is generated (Cargo: `only_requires_rmeta`).
  public boolean onlyRequiresMetadataOf(Unit dependency) {
    return mode == CompileMode.BUILD
        && dependency.mode == CompileMode.BUILD
        && !requiresUpstreamObjects()
        && !dependency.requiresUpstreamObjects();
  }

  /// Returns the unit with its edges leading to the new places of units.
  Unit withPlaces(int[] places) {
    return new Unit(
        pkg,
        target,
        profile,
        kind,
        mode,
        features,
        flags,
        dependencies.stream().map(edge -> edge.to(places[edge.unit()])).toList());
  }
}
