package dev.kiln.build;

import dev.kiln.plan.Unit;
import dev.kiln.plan.UnitGraph;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// Rust's shared libraries (`dylib`), which a program needs when it runs, and the run path with
/// which it finds them: `$ORIGIN/../lib`, the place that a result has for them (design §6).
public final class SharedLibraries {
  private SharedLibraries() {}

  /// Returns the units below a unit that give a `dylib`.
  public static SortedSet<Integer> below(UnitGraph graph, int index) {
    var seen = new TreeSet<Integer>();
    collect(graph, index, seen);
    seen.remove(index);
    seen.removeIf(other -> !graph.unit(other).target().crateTypes().contains("dylib"));
    return Collections.unmodifiableSortedSet(seen);
  }

  private static void collect(UnitGraph graph, int index, SortedSet<Integer> seen) {
    if (!seen.add(index)) {
      return;
    }
    for (var dep : graph.unit(index).dependencies()) {
      var target = graph.unit(dep.unit()).target();
      if (target.isLinkable() && !target.isProcMacro()) {
        collect(graph, dep.unit(), seen);
      }
    }
  }

  /// Says whether a unit's file is to find such libraries, its own or std's, when it runs.
  static boolean isNeededBy(UnitGraph graph, int index) {
    var unit = graph.unit(index);
    if (unit.target().isProcMacro() || unit.isBuildScript() || !Linking.happens(unit)) {
      return false;
    }
    return prefersDynamic(unit) || !below(graph, index).isEmpty();
  }

  private static boolean prefersDynamic(Unit unit) {
    return unit.flags().rustflags().stream().anyMatch(flag -> flag.contains("prefer-dynamic"));
  }
}
