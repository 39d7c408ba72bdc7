package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.store.Store;
import dev.kiln.store.StoreGraph;
import dev.kiln.store.StorePath;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// Draws closures as `nix-store --query --graph` and `--tree` do.
public final class GraphOperation {
  private static final List<String> COLOURS =
      List.of("black", "red", "green", "blue", "magenta", "burlywood");

  private final StoreGraph graph;
  private final Set<StorePath> unfolded = new HashSet<>();
  private int edges;

  public GraphOperation(Store store) {
    this.graph = new StoreGraph(store);
  }

  /// Returns the closure's references in Graphviz's language.
  public String dot(Collection<StorePath> paths) throws KilnException {
    var text = new StringBuilder("digraph G {\n");
    var waiting = new TreeSet<>(paths);
    var done = new HashSet<StorePath>();
    for (var path = waiting.pollFirst(); path != null; path = waiting.pollFirst()) {
      if (!done.add(path)) {
        continue;
      }
      text.append(
          "\"%s\" [label = \"%s\", shape = box, style = filled, fillcolor = \"#ff0000\"];\n"
              .formatted(path, path.name()));
      for (var reference : graph.info(path).references()) {
        if (!reference.equals(path)) {
          waiting.add(reference);
          var colour = COLOURS.get(edges++ % COLOURS.size());
          text.append("\"%s\" -> \"%s\" [color = \"%s\"];\n".formatted(reference, path, colour));
        }
      }
    }
    return text.append("}\n").toString();
  }

  /// Returns the references as an indented tree, one line per path; what was shown before, in
  /// another tree too, is not unfolded again.
  public String tree(StorePath path, Function<StorePath, String> shown) throws KilnException {
    var text = new StringBuilder();
    tree(path, "", "", shown, text);
    return text.toString();
  }

  private void tree(
      StorePath path,
      String first,
      String further,
      Function<StorePath, String> shown,
      StringBuilder text)
      throws KilnException {
    if (!unfolded.add(path)) {
      text.append(first).append(shown.apply(path)).append(" [...]\n");
      return;
    }
    text.append(first).append(shown.apply(path)).append('\n');
    var references = graph.sorted(graph.info(path).references());
    for (var i = 0; i < references.size(); i++) {
      var isLast = i == references.size() - 1;
      tree(
          references.get(i),
          further + (isLast ? "└───" : "├───"),
          further + (isLast ? "    " : "│   "),
          shown,
          text);
    }
  }
}
