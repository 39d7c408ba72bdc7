package dev.kiln.report;

import dev.kiln.json.Json;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.Target;
import dev.kiln.manifest.TargetKind;
import dev.kiln.plan.Unit;
import dev.kiln.plan.UnitDep;
import dev.kiln.plan.UnitGraph;
import dev.kiln.plan.UnitProfile;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A unit graph as `cargo build --unit-graph` prints it, format version 1 (Cargo:
/// compiler/unit_graph.rs).
public final class UnitGraphJson {
  private UnitGraphJson() {}

  /// Returns the whole graph, units in Cargo's order.
  public static Json of(UnitGraph graph) {
    var sorted = graph.inCargoOrder();
    return Json.object()
        .put("version", 1)
        .put("units", Json.array(sorted.units().stream().map(UnitGraphJson::unit).toList()))
        .put(
            "roots",
            Json.array(sorted.roots().stream().map(root -> Json.of(root.longValue())).toList()))
        .build();
  }

  private static Json unit(Unit unit) {
    var json =
        Json.object()
            .put("pkg_id", unit.pkg().id().toSpec())
            .put("target", target(unit))
            .put("profile", profile(unit.profile()))
            .put("platform", orNull(unit.kind().triple()))
            .put("mode", unit.mode().word())
            .put("features", Json.strings(unit.features()));
    if (unit.flags().isStd()) {
      json.put("is_std", true);
    }
    return json.put(
            "dependencies",
            Json.array(unit.dependencies().stream().map(UnitGraphJson::dependency).toList()))
        .build();
  }

  private static Json dependency(UnitDep dependency) {
    var json =
        Json.object()
            .put("index", dependency.unit())
            .put("extern_crate_name", dependency.externCrateName())
            .put("public", dependency.isPublic())
            .put("noprelude", dependency.noprelude());
    if (dependency.nounused()) {
      json.put("nounused", true);
    }
    return json.build();
  }

  /// Returns the object that names a target, as unit graphs and machine messages have it.
  public static Json target(Unit unit) {
    return target(unit.pkg(), unit.target());
  }

  /// Returns likewise a target of a package, as metadata has it.
  static Json target(Package pkg, Target target) {
    var json =
        Json.object()
            .put("kind", Json.strings(kind(target)))
            .put("crate_types", Json.strings(target.crateTypes()))
            .put("name", target.name())
            .put("src_path", pkg.directory().resolve(target.path()).toString())
            .put("edition", target.edition());
    var required = target.requiredFeatures();
    if (required != null) {
      json.put("required-features", Json.strings(required));
    }
    return json.put("doc", target.flags().doc())
        .put("doctest", isDoctested(target))
        .put("test", target.flags().test())
        .build();
  }

  private static List<String> kind(Target target) {
    return switch (target.kind()) {
      case LIB -> target.crateTypes();
      case BIN -> List.of("bin");
      case EXAMPLE -> List.of("example");
      case TEST -> List.of("test");
      case BENCH -> List.of("bench");
      case BUILD_SCRIPT -> List.of("custom-build");
    };
  }

  private static boolean isDoctested(Target target) {
    return target.kind() == TargetKind.LIB
        && target.flags().doctest()
        && target.crateTypes().stream()
            .anyMatch(type ->
                switch (type) {
                  case "lib", "rlib", "proc-macro" -> true;
                  default -> false;
                });
  }

  private static Json profile(UnitProfile profile) {
    var units = profile.codegenUnits();
    var json =
        Json.object()
            .put("name", profile.name())
            .put("opt_level", profile.optLevel())
            .put("lto", profile.lto().word())
            .put("codegen_backend", new Json.Null())
            .put("codegen_units", units == null ? new Json.Null() : Json.of(units.longValue()))
            .put("debuginfo", debuginfo(profile.debuginfo().word()))
            .put("split_debuginfo", orNull(profile.splitDebuginfo()))
            .put("debug_assertions", profile.debugAssertions())
            .put("overflow_checks", profile.overflowChecks())
            .put("rpath", profile.rpath())
            .put("incremental", profile.incremental())
            .put("panic", profile.panic().name().toLowerCase(Locale.ROOT))
            .put("strip", strip(profile.strip()));
    var hint = profile.hintMostlyUnused();
    if (hint != null) {
      json.put("hint_mostly_unused", hint);
    }
    return json.build();
  }

  private static Json debuginfo(String word) {
    return switch (word) {
      case "0", "1", "2" -> Json.of(Long.parseLong(word));
      default -> Json.of(word);
    };
  }

  private static Json strip(UnitProfile.Strip strip) {
    Json inner =
        strip.isNone() ? Json.of("None") : Json.object().put("Named", strip.word()).build();
    return Json.object().put(strip.deferred() ? "deferred" : "resolved", inner).build();
  }

  private static Json orNull(@Nullable String value) {
    return value == null ? new Json.Null() : Json.of(value);
  }
}
