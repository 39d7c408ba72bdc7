package dev.kiln.report;

import dev.kiln.json.Json;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.Target;
import java.util.List;

/// A target as Cargo's JSON has it, in unit graphs, machine messages and metadata (Cargo:
/// workspace/manifest.rs `SerializedTarget`).
final class TargetJson {
  private TargetJson() {}

  static Json of(Package pkg, Target target) {
    var json =
        Json.object()
            .put("kind", Json.strings(kinds(target)))
            .put("crate_types", Json.strings(target.crateTypes()))
            .put("name", target.name())
            .put("src_path", pkg.directory().resolve(target.path()).normalize().toString())
            .put("edition", target.edition());
    var required = target.requiredFeatures();
    if (required != null) {
      json.put("required-features", Json.strings(required));
    }
    return json.put("doc", target.flags().doc())
        .put("doctest", target.flags().doctest() && isDoctestable(target))
        .put("test", target.flags().test())
        .build();
  }

  private static List<String> kinds(Target target) {
    return switch (target.kind()) {
      case LIB -> target.crateTypes();
      case BIN -> List.of("bin");
      case EXAMPLE -> List.of("example");
      case TEST -> List.of("test");
      case BENCH -> List.of("bench");
      case BUILD_SCRIPT -> List.of("custom-build");
    };
  }

  /// Cargo: `Target::doctestable`.
  private static boolean isDoctestable(Target target) {
    return target.isLib()
        && target.crateTypes().stream()
            .anyMatch(type -> List.of("lib", "rlib", "proc-macro").contains(type));
  }
}
