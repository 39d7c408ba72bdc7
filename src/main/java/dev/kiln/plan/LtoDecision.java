package dev.kiln.plan;

import dev.kiln.manifest.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Each unit's part in link-time optimisation, merged over all that use it (Cargo: compiler/lto.rs;
/// cargo-build.md §8).
final class LtoDecision {
  private static final UnitLto ONLY_OBJECT = new UnitLto.OnlyObject();
  private static final UnitLto ONLY_BITCODE = new UnitLto.OnlyBitcode();
  private static final UnitLto BOTH = new UnitLto.ObjectAndBitcode();
  private static final UnitLto OFF = new UnitLto.Off();

  private final Map<Draft, List<DraftEdge>> graph;
  private final Map<Draft, UnitLto> decided = new HashMap<>();

  private LtoDecision(Map<Draft, List<DraftEdge>> graph) {
    this.graph = graph;
  }

  static Map<Draft, UnitLto> decide(Map<Draft, List<DraftEdge>> graph, List<Draft> roots) {
    var decision = new LtoDecision(graph);
    for (var root : roots) {
      decision.decide(root, atRoot(root));
    }
    return decision.decided;
  }

  private static UnitLto atRoot(Draft root) {
    return switch (root.profile().lto().word()) {
      case "false" -> ONLY_OBJECT;
      case "off" -> OFF;
      default -> {
        var types = root.target().crateTypes();
        if (UnitFor.isForHost(root.target())) {
          yield ONLY_OBJECT;
        }
        yield needsObject(types) ? whenObjectIsNeeded(types) : ONLY_BITCODE;
      }
    };
  }

  private static boolean canLto(String type) {
    return type.equals("bin") || type.equals("staticlib") || type.equals("cdylib");
  }

  private static boolean needsObject(List<String> types) {
    return types.stream()
        .anyMatch(type -> canLto(type) || type.equals("dylib") || type.equals("proc-macro"));
  }

  private static UnitLto whenObjectIsNeeded(List<String> types) {
    return types.stream().allMatch(type -> type.equals("dylib")) ? ONLY_OBJECT : BOTH;
  }

  private static List<String> types(Draft unit) {
    Target target = unit.target();
    return unit.is(CompileMode.TEST) || unit.is(CompileMode.DOCTEST)
        ? List.of("bin")
        : target.crateTypes();
  }

  private void decide(Draft unit, UnitLto parent) {
    var own = own(unit, parent);
    var before = decided.get(unit);
    var merged = before == null ? own : merge(own, before);
    if (merged.equals(before)) {
      return;
    }
    decided.put(unit, merged);
    for (var edge : graph.getOrDefault(unit, List.of())) {
      decide(edge.to(), merged);
    }
  }

  private static UnitLto own(Draft unit, UnitLto parent) {
    var types = types(unit);
    if (UnitFor.isForHost(unit.target())) {
      return ONLY_OBJECT;
    }
    if (types.stream().allMatch(LtoDecision::canLto)) {
      return switch (unit.profile().lto().word()) {
        case "false" -> ONLY_OBJECT;
        case "off" -> OFF;
        case "true" -> new UnitLto.Run("");
        default -> new UnitLto.Run(unit.profile().lto().word());
      };
    }
    boolean object = needsObject(types);
    return switch (parent) {
      case UnitLto.Run _ -> object ? whenObjectIsNeeded(types) : ONLY_BITCODE;
      case UnitLto.OnlyBitcode _ -> object ? whenObjectIsNeeded(types) : ONLY_BITCODE;
      case UnitLto.Off _ -> OFF;
      case UnitLto.OnlyObject _ -> ONLY_OBJECT;
      case UnitLto.ObjectAndBitcode _ -> BOTH;
    };
  }

  private static UnitLto merge(UnitLto own, UnitLto before) {
    if (own.equals(before)) {
      return own;
    }
    if (own instanceof UnitLto.Run) {
      return own;
    }
    if (before instanceof UnitLto.Run) {
      return before;
    }
    return own.equals(OFF) || before.equals(OFF) ? OFF : BOTH;
  }
}
