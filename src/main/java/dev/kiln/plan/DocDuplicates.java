package dev.kiln.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Leaves one documentation of each crate name, since rustdoc's folders have no hash (Cargo:
/// cargo_compile/mod.rs `remove_duplicate_doc`): those for the target before those for the host,
/// newer versions before older. What was asked for itself always stays.
final class DocDuplicates {
  private record Origin(String name, String source, CompileKind kind) {}

  private final Map<Draft, List<DraftEdge>> graph;
  private final Set<Draft> roots;
  private final Set<Draft> removed = new HashSet<>();

  private DocDuplicates(Map<Draft, List<DraftEdge>> graph, List<Draft> roots) {
    this.graph = new LinkedHashMap<>(graph);
    this.roots = Set.copyOf(roots);
  }

  static Map<Draft, List<DraftEdge>> remove(
      Map<Draft, List<DraftEdge>> graph, List<Draft> roots, boolean onlyHost) {
    var duplicates = new DocDuplicates(graph, roots);
    duplicates.removeByName(onlyHost);
    return duplicates.withoutOrphans(roots);
  }

  private void removeByName(boolean onlyHost) {
    var docs = new TreeMap<String, List<Draft>>();
    for (var unit : graph.keySet()) {
      if (unit.is(CompileMode.DOC)) {
        docs.computeIfAbsent(unit.target().crateName(), _ -> new ArrayList<>()).add(unit);
      }
    }
    for (var same : docs.values()) {
      var left = same;
      if (left.size() > 1 && onlyHost) {
        left = remove(left, unit -> unit.kind().isHost());
      }
      if (left.size() > 1) {
        removeOlder(left);
      }
    }
  }

  private void removeOlder(List<Draft> units) {
    var byOrigin = new HashMap<Origin, List<Draft>>();
    for (var unit : units) {
      var id = unit.pkg().id();
      byOrigin
          .computeIfAbsent(
              new Origin(id.name(), id.source().toString(), unit.kind()), _ -> new ArrayList<>())
          .add(unit);
    }
    for (var same : byOrigin.values()) {
      var newest = same.stream().map(unit -> unit.pkg().version()).max(Comparable::compareTo);
      remove(same, unit -> unit.pkg().version().compareTo(newest.orElseThrow()) < 0);
    }
  }

  private List<Draft> remove(List<Draft> units, Predicate<Draft> isSurplus) {
    var left = new ArrayList<Draft>();
    for (var unit : units) {
      if (isSurplus.test(unit) && !roots.contains(unit)) {
        graph.remove(unit);
        removed.add(unit);
      } else {
        left.add(unit);
      }
    }
    return left;
  }

  private Map<Draft, List<DraftEdge>> withoutOrphans(List<Draft> roots) {
    graph.replaceAll(
        (_, edges) -> edges.stream().filter(edge -> !removed.contains(edge.to())).toList());
    var reached = new HashSet<Draft>();
    roots.forEach(root -> visit(root, reached));
    graph.keySet().retainAll(reached);
    return graph;
  }

  private void visit(Draft unit, Set<Draft> reached) {
    if (reached.add(unit)) {
      graph.getOrDefault(unit, List.of()).forEach(edge -> visit(edge.to(), reached));
    }
  }
}
