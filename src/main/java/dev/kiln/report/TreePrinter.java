package dev.kiln.report;

import dev.kiln.KilnException;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.resolve.TreeGraph;
import dev.kiln.resolve.TreeGraph.EdgeKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Draws trees of packages as `cargo tree` does (Cargo: ops/tree/mod.rs, format/).
public final class TreePrinter {
  /// What stands before a line.
  public enum Prefix {
    INDENT,
    DEPTH,
    NONE
  }

  /// How trees look; `depth` is null for no limit.
  public record Look(
      Prefix prefix, boolean ascii, boolean dedupe, @Nullable Integer depth, String format) {}

  private final TreeGraph graph;
  private final Look look;
  private final Predicate<PackageId> isHidden;
  private final Map<SourceId, String> registries;
  private final StringBuilder out = new StringBuilder();
  private final Set<Integer> visited = new HashSet<>();
  private final List<Boolean> continues = new ArrayList<>();
  private final ArrayDeque<Integer> stack = new ArrayDeque<>();

  private TreePrinter(
      TreeGraph graph, Look look, Predicate<PackageId> isHidden, Map<SourceId, String> registries) {
    this.graph = graph;
    this.look = look;
    this.isHidden = isHidden;
    this.registries = registries;
  }

  /// Returns the trees of some nodes, an empty line between two; registries are called by their
  /// names where they have one.
  public static String print(
      TreeGraph graph,
      List<Integer> roots,
      Look look,
      Predicate<PackageId> isHidden,
      Map<SourceId, String> registries)
      throws KilnException {
    var printer = new TreePrinter(graph, look, isHidden, registries);
    boolean first = true;
    for (int root : roots) {
      if (!first) {
        printer.out.append('\n');
      }
      first = false;
      printer.node(root);
    }
    return printer.out.toString();
  }

  private void node(int at) throws KilnException {
    boolean isNew = visited.add(at) || !look.dedupe();
    prefix();
    boolean circle = stack.contains(at);
    boolean star = !(isNew && !circle) && !graph.isLeaf(at);
    out.append(line(at)).append(star ? " (*)" : "").append('\n');
    if (!isNew || circle) {
      return;
    }
    stack.push(at);
    for (var kind : EdgeKind.values()) {
      below(at, kind);
    }
    stack.pop();
  }

  private void prefix() {
    switch (look.prefix()) {
      case DEPTH -> out.append(continues.size());
      case NONE -> {}
      case INDENT -> {
        if (!continues.isEmpty()) {
          bars(continues.subList(0, continues.size() - 1));
          boolean more = continues.getLast();
          out.append(look.ascii() ? more ? "|" : "`" : more ? "├" : "└");
          out.append(look.ascii() ? "-- " : "── ");
        }
      }
    }
  }

  private void bars(List<Boolean> levels) {
    for (var more : levels) {
      out.append(more ? look.ascii() ? "|" : "│" : " ").append("   ");
    }
  }

  private void below(int at, EdgeKind kind) throws KilnException {
    var all = graph.to(at, kind);
    if (all.isEmpty()) {
      return;
    }
    var title =
        switch (kind) {
          case NORMAL, FEATURE -> null;
          case BUILD -> "[build-dependencies]";
          case DEV -> "[dev-dependencies]";
        };
    if (title != null && look.prefix() == Prefix.INDENT) {
      bars(continues);
      out.append(title).append('\n');
    }
    var depth = look.depth();
    if (depth != null && continues.size() + 1 > depth) {
      return;
    }
    var shown = all.stream().filter(to -> !isHidden(to)).toList();
    for (int i = 0; i < shown.size(); i++) {
      continues.add(i < shown.size() - 1);
      node(shown.get(i));
      continues.removeLast();
    }
  }

  private boolean isHidden(int at) {
    var node = graph.node(at);
    return node.feature() == null && isHidden.test(node.pkg());
  }

  private String line(int at) throws KilnException {
    var node = graph.node(at);
    if (node.feature() != null) {
      return node.pkg().name()
          + " feature \""
          + node.feature()
          + "\""
          + (graph.isOfCommandLine(at) ? " (command-line)" : "");
    }
    var line = new StringBuilder();
    var format = look.format();
    int i = 0;
    while (i < format.length()) {
      char c = format.charAt(i);
      if (c == '{' || c == '}') {
        if (i + 1 < format.length() && format.charAt(i + 1) == c) {
          line.append(c);
          i += 2;
          continue;
        }
        int end = format.indexOf('}', i);
        if (c == '}' || end < 0) {
          throw notValid(c == '}' ? "unexpected '}'" : "expected '}'");
        }
        line.append(field(at, format.substring(i + 1, end)));
        i = end + 1;
      } else {
        line.append(c);
        i++;
      }
    }
    return line.toString();
  }

  private String field(int at, String name) throws KilnException {
    var pkg = graph.pkg(at);
    return switch (name) {
      case "p" -> pkg.id() + (pkg.isProcMacro() ? " (proc-macro)" : "") + source(pkg.id());
      case "l" -> orEmpty(pkg.about().license());
      case "r" -> orEmpty(pkg.about().repository());
      case "f" -> String.join(",", graph.node(at).features());
      case "lib" -> {
        var lib = pkg.lib();
        yield lib == null ? "" : lib.crateName();
      }
      default -> throw notValid("unsupported pattern `" + name + "`");
    };
  }

  private KilnException notValid(String cause) {
    return new KilnException(
        "tree format `" + look.format() + "` not valid",
        "the fields are {p} {l} {r} {f} {lib}",
        new KilnException(cause));
  }

  private static String orEmpty(@Nullable String value) {
    return value == null ? "" : value;
  }

  private String source(PackageId id) {
    var source = id.source();
    if (source.isPath()) {
      return " (" + source.url().replaceFirst("^file://", "") + ")";
    }
    if (source.equals(SourceId.CRATES_IO)) {
      return "";
    }
    var precise = source.precise();
    return source.isGit()
        ? " ("
            + source.withoutPrecise().replaceFirst("^git\\+", "")
            + (precise == null ? "" : "#" + precise.substring(0, Math.min(8, precise.length())))
            + ")"
        : " (registry `" + registries.getOrDefault(source, source.url()) + "`)";
  }
}
