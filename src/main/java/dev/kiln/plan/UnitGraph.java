package dev.kiln.plan;

import java.util.List;
import java.util.stream.IntStream;

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

  /// Returns the same graph in the order in which Cargo prints it: by package, target, profile,
  /// kind and mode.
  public UnitGraph inCargoOrder() {
    var order =
        IntStream.range(0, units.size())
            .boxed()
            .sorted((a, b) -> UnitOrder.UNITS.compare(units.get(a), units.get(b)))
            .toList();
    var places = new int[units.size()];
    for (int place = 0; place < places.length; place++) {
      places[order.get(place)] = place;
    }
    var sorted = order.stream().map(index -> units.get(index).withPlaces(places)).toList();
    return new UnitGraph(sorted, roots.stream().map(root -> places[root]).toList());
  }
}
