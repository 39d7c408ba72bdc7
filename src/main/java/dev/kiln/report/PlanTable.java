package dev.kiln.report;

import dev.kiln.plan.Unit;
import dev.kiln.plan.UnitGraph;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// The units of a graph as a table for people, one line each, roots marked.
public final class PlanTable {
  private static final List<String> HEADER =
      List.of("", "MODE", "PLATFORM", "PACKAGE", "TARGET", "PROFILE", "DEPS", "FEATURES");

  private PlanTable() {}

  /// Returns the table's lines; dependencies come before what needs them.
  public static List<String> of(UnitGraph graph) {
    var rows = new ArrayList<List<String>>();
    rows.add(HEADER);
    var roots = new HashSet<>(graph.roots());
    for (int i = 0; i < graph.units().size(); i++) {
      rows.add(row(graph.unit(i), roots.contains(i)));
    }
    var lines = new ArrayList<String>();
    for (var row : rows) {
      var line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        var width = width(rows, column);
        line.append(column == 0 ? "" : "  ").append(row.get(column));
        line.repeat(' ', width - row.get(column).length());
      }
      lines.add(line.toString().stripTrailing());
    }
    lines.add("");
    lines.add(graph.units().size() + " units, " + roots.size() + " asked for (*)");
    return lines;
  }

  private static int width(List<List<String>> rows, int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static List<String> row(Unit unit, boolean root) {
    var triple = unit.kind().triple();
    return List.of(
        root ? "*" : "",
        unit.mode().word(),
        triple == null ? "host" : triple,
        unit.pkg().id().toString(),
        unit.target().name() + " (" + String.join(", ", kinds(unit)) + ")",
        unit.profile().name(),
        String.valueOf(unit.dependencies().size()),
        String.join(",", unit.features()));
  }

  private static List<String> kinds(Unit unit) {
    return switch (unit.target().kind()) {
      case LIB -> unit.target().crateTypes();
      case BIN -> List.of("bin");
      case EXAMPLE -> List.of("example");
      case TEST -> List.of("test");
      case BENCH -> List.of("bench");
      case BUILD_SCRIPT -> List.of("custom-build");
    };
  }
}
