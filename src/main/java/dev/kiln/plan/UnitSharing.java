package dev.kiln.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The second phase: units for the host become one with equal host units where everything below
/// them is equal too; what was deferred in profiles is settled (Cargo: cargo_compile/mod.rs
/// `rebuild_unit_graph_shared`; cargo-build.md §6.1, §5.9, §5.10).
final class UnitSharing {
  private final PlanInput input;
  private final Draft.Pool pool;
  private final Map<Draft, List<DraftEdge>> before;
  private final boolean hostRequested;
  private final Map<Draft, Draft> memo = new HashMap<>();
  private final Map<Draft, List<DraftEdge>> after = new LinkedHashMap<>();

  UnitSharing(PlanInput input, Draft.Pool pool, Map<Draft, List<DraftEdge>> graph) {
    this.input = input;
    this.pool = pool;
    this.before = graph;
    this.hostRequested = input.facts().requested().stream().anyMatch(CompileKind::isHost);
  }

  /// The rebuilt graph: a unit comes after all that it depends on.
  record Shared(Map<Draft, List<DraftEdge>> graph, List<Draft> roots) {}

  Shared share(List<Draft> roots) {
    var newRoots = new ArrayList<Draft>();
    for (var root : roots) {
      newRoots.add(share(root, false));
    }
    return new Shared(after, newRoots);
  }

  private Draft share(Draft unit, boolean isForHost) {
    var known = memo.get(unit);
    if (known != null) {
      return known;
    }
    var edges = new ArrayList<DraftEdge>();
    for (var edge : before.getOrDefault(unit, List.of())) {
      edges.add(edge.to(share(edge.to(), edge.unitFor().host())));
    }
    boolean isHosts = hostRequested && unit.kind().equals(input.explicitHost());
    var shared =
        pool.of(
            unit.pkg(),
            unit.target(),
            profile(unit, isForHost, edges),
            isHosts ? CompileKind.HOST : unit.kind(),
            unit.mode(),
            unit.features(),
            pool.number(edges.stream().map(DraftEdge::to).toList()));
    memo.put(unit, shared);
    after.putIfAbsent(shared, List.copyOf(edges));
    return shared;
  }

  private UnitProfile profile(Draft unit, boolean isForHost, List<DraftEdge> edges) {
    var profile = unit.profile();
    boolean nothingToDebug =
        profile.debuginfo().isNone()
            && edges.stream().allMatch(edge -> edge.to().profile().debuginfo().isNone());
    if (profile.strip().deferred() && nothingToDebug) {
      // takes std's own debug information away too
      profile = withStrip(profile, new UnitProfile.Strip("debuginfo", false));
    }
    if (isForHost && hostRequested && profile.debuginfo().deferred()) {
      var settled = new UnitProfile.DebugInfo(profile.debuginfo().word(), false);
      // a unit that is built for the target anyway costs nothing with the same information
      boolean shared =
          before.containsKey(
              pool.of(
                  unit.pkg(),
                  unit.target(),
                  withDebugInfo(profile, settled),
                  input.explicitHost(),
                  unit.mode(),
                  unit.features(),
                  0));
      profile = withDebugInfo(profile, shared ? settled : new UnitProfile.DebugInfo("0", false));
    }
    return profile;
  }

  private static UnitProfile withStrip(UnitProfile p, UnitProfile.Strip strip) {
    return new UnitProfile(
        p.name(),
        p.root(),
        p.optLevel(),
        p.lto(),
        p.codegenUnits(),
        p.debuginfo(),
        p.splitDebuginfo(),
        p.debugAssertions(),
        p.overflowChecks(),
        p.rpath(),
        p.incremental(),
        p.panic(),
        strip,
        p.hintMostlyUnused());
  }

  private static UnitProfile withDebugInfo(UnitProfile p, UnitProfile.DebugInfo debuginfo) {
    return new UnitProfile(
        p.name(),
        p.root(),
        p.optLevel(),
        p.lto(),
        p.codegenUnits(),
        debuginfo,
        p.splitDebuginfo(),
        p.debugAssertions(),
        p.overflowChecks(),
        p.rpath(),
        p.incremental(),
        p.panic(),
        p.strip(),
        p.hintMostlyUnused());
  }
}
