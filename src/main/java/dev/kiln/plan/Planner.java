package dev.kiln.plan;

import dev.kiln.KilnException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes the unit graph (Cargo: cargo_compile/mod.rs `create_bcx`).
///
/// 1. the units that were asked for; 2. all that they need, units for the host kept apart from
///    units that are for the host since no target was asked for; 3. those shared where nothing
///    tells them apart; 4. link-time optimisation.
public final class Planner {
  private final PlanInput input;
  private final Consumer<String> warnings;
  private final Draft.Pool pool = new Draft.Pool();

  public Planner(PlanInput input, Consumer<String> warnings) {
    this.input = input;
    this.warnings = warnings;
  }

  /// Returns the graph of everything that was asked for.
  public UnitGraph plan() throws KilnException, InterruptedException {
    input.profiles().validate(input.graph().ids(), warnings);
    var roots = new UnitGenerator(input, pool, warnings).roots();
    var graph = new UnitDependencies(input, pool).of(roots);
    if (input.options().intent() == CompileOptions.Intent.DOC) {
      boolean onlyHost = input.facts().requested().stream().allMatch(CompileKind::isHost);
      graph = DocDuplicates.remove(graph, roots, onlyHost);
    }
    var shared = new UnitSharing(input, pool, graph).share(roots);
    var lto = LtoDecision.decide(shared.graph(), shared.roots());
    return units(shared, lto);
  }

  private UnitGraph units(UnitSharing.Shared shared, Map<Draft, UnitLto> lto) {
    var indices = new HashMap<Draft, Integer>();
    shared.graph().keySet().forEach(draft -> indices.put(draft, indices.size()));
    var units = new ArrayList<Unit>();
    shared
        .graph()
        .forEach((draft, edges) -> units.add(unit(draft, edges, indices, lto.get(draft))));
    var roots = new ArrayList<Integer>();
    for (var root : shared.roots()) {
      roots.add(index(indices, root));
    }
    return new UnitGraph(units, roots);
  }

  private Unit unit(
      Draft draft, List<DraftEdge> edges, Map<Draft, Integer> indices, @Nullable UnitLto lto) {
    var dependencies = new ArrayList<UnitDep>();
    for (var edge : edges) {
      dependencies.add(
          new UnitDep(index(indices, edge.to()), edge.externCrateName(), false, false, false));
    }
    var facts = input.facts().of(draft.kind());
    boolean runsScript = draft.is(CompileMode.RUN_CUSTOM_BUILD);
    return new Unit(
        draft.pkg(),
        draft.target(),
        draft.profile(),
        draft.kind(),
        draft.mode(),
        draft.features(),
        new Unit.Flags(
            facts.rustflags(),
            facts.rustdocflags(),
            lto == null ? new UnitLto.OnlyObject() : lto,
            false,
            runsScript ? facts.script(draft.pkg()) : null),
        dependencies);
  }

  private static int index(Map<Draft, Integer> indices, Draft draft) {
    var index = indices.get(draft);
    if (index == null) {
      throw new IllegalStateException(draft.pkg().id() + " has no place in the graph");
    }
    return index;
  }
}
