package dev.kiln.realise;

import dev.kiln.plan.CompileMode;
import dev.kiln.plan.UnitGraph;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// What each unit waits for, and how long the longest way to the end is from it.
///
/// A unit that needs no more than the metadata of another waits for its `rmeta`; one that links
/// waits for everything below it, since the libraries there may still be compiled when their
/// metadata has long been used (Cargo: job_queue.rs `deps_of`, cargo-build.md §6.4).
final class Levels {
  private final UnitGraph graph;
  private final List<List<Need>> needs;
  private final long[] priorities;

  /// A unit that must be there, whole or as metadata.
  record Need(int unit, boolean metadata) {}

  private Levels(UnitGraph graph, List<List<Need>> needs, long[] priorities) {
    this.graph = graph;
    this.needs = needs;
    this.priorities = priorities;
  }

  static Levels of(UnitGraph graph) {
    var needs = new ArrayList<List<Need>>();
    for (int i = 0; i < graph.units().size(); i++) {
      needs.add(needs(graph, i));
    }
    return new Levels(graph, needs, priorities(graph));
  }

  /// Returns what a unit waits for.
  List<Need> needs(int unit) {
    return needs.get(unit);
  }

  /// Returns the length of the longest chain of units that ends with a root and starts here.
  long priority(int unit) {
    return priorities[unit];
  }

  int size() {
    return graph.units().size();
  }

  private static List<Need> needs(UnitGraph graph, int index) {
    var unit = graph.unit(index);
    var found = new ArrayList<Need>();
    var seen = new BitSet();
    for (var dep : unit.dependencies()) {
      var other = graph.unit(dep.unit());
      if (unit.mode().isRustcTest() && other.target().isBin()) {
        // the programs that an integration test runs need not exist while it is compiled
        continue;
      }
      if (seen.get(dep.unit())) {
        continue;
      }
      seen.set(dep.unit());
      boolean metadata = unit.onlyRequiresMetadataOf(other);
      found.add(new Need(dep.unit(), metadata));
      boolean links = unit.requiresUpstreamObjects() || unit.mode() == CompileMode.DOCTEST;
      if (links && other.target().isLinkable()) {
        below(graph, dep.unit(), seen, found);
      }
    }
    return List.copyOf(found);
  }

  private static void below(UnitGraph graph, int index, BitSet seen, List<Need> found) {
    if (graph.unit(index).target().isProcMacro()) {
      return;
    }
    for (var dep : graph.unit(index).dependencies()) {
      if (graph.unit(dep.unit()).target().isLinkable() && !seen.get(dep.unit())) {
        seen.set(dep.unit());
        found.add(new Need(dep.unit(), false));
        below(graph, dep.unit(), seen, found);
      }
    }
  }

  private static long[] priorities(UnitGraph graph) {
    int size = graph.units().size();
    var priorities = new long[size];
    // units come after what they depend on, so that one pass from the end suffices
    for (int i = size - 1; i >= 0; i--) {
      priorities[i] += 1;
      for (var dep : graph.unit(i).dependencies()) {
        if (dep.unit() < i) {
          priorities[dep.unit()] = Math.max(priorities[dep.unit()], priorities[i]);
        }
      }
    }
    return priorities;
  }
}
