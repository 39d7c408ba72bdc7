package dev.kiln.ops;

import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.PackageId;
import dev.kiln.plan.CompileOptions;
import dev.kiln.resolve.PackageGraph;
import dev.kiln.resolve.PackageSource;
import java.util.Collection;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;

/// What Cargo warns of before it plans.
final class BuildWarnings {
  private BuildWarnings() {}

  /// Variables that look like the ones that flags are passed by.
  static void ofEnvironment(
      SortedMap<String, String> environment, CompileOptions options, Consumer<String> warnings) {
    boolean doc = options.intent() == CompileOptions.Intent.DOC;
    var misspelled = doc ? "RUSTDOC_FLAGS" : "RUST_FLAGS";
    if (environment.containsKey(misspelled)) {
      warnings.accept(
          "ignoring environment variable `"
              + misspelled
              + "`\nhelp: "
              + (doc
                  ? "rustdoc flags are passed via `RUSTDOCFLAGS`"
                  : "rust flags are passed via" + " `RUSTFLAGS`"));
    }
  }

  /// Dependencies of the selected members, among the active packages, that are no libraries (Cargo:
  /// `warn_no_lib_packages_and_artifact_libs_overlapping_deps`).
  static void ofDependenciesWithoutLib(
      PackageGraph graph,
      PackageSource packages,
      Collection<PackageId> roots,
      Collection<PackageId> active,
      boolean needsDev,
      Consumer<String> warnings) {
    for (var root : roots) {
      for (var edge : graph.withRoots(Set.copyOf(roots)).edges(root)) {
        var pkg = active.contains(edge.to()) ? packages.find(edge.to()) : null;
        if (pkg == null || pkg.isEmpty() || pkg.get().lib() != null) {
          continue;
        }
        for (var dependency : edge.dependencies()) {
          if (needsDev || dependency.kind() != Dependency.Kind.DEV) {
            warnings.accept(
                root
                    + " ("
                    + packages.require(root).directory()
                    + ") ignoring invalid dependency `"
                    + dependency.key()
                    + "` which is missing a lib target");
          }
        }
      }
    }
  }
}
