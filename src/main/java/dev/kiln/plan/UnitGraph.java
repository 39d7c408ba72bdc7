package dev.kiln.plan;

import java.util.List;

/// What to compile, in which order at most: units with edges to others, and the indices of those
/// that were asked for. A unit comes after everything that it depends on, but for the edge from an
/// integration test to the programs of its package, which is no order (cargo-build.md §6.3.4).
public record UnitGraph(List<Unit> units, List<Integer> roots) {
  public UnitGraph {
    units = List.copyOf(units);
    roots = List.copyOf(roots);
  }

  public Unit unit(int index) {
    return units.get(index);
  }
}
