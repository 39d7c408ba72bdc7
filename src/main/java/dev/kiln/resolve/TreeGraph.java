package dev.kiln.resolve;

import dev.kiln.KilnException;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.FeatureValue;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.toolchain.TargetInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The graph that `tree` shows: packages, and features between them where they are asked for
/// (Cargo: ops/tree/graph.rs).
public final class TreeGraph {
  /// What an edge stands for, in the order in which they are shown.
  public enum EdgeKind {
    NORMAL,
    BUILD,
    DEV,
    FEATURE;

    static EdgeKind of(Dependency.Kind kind) {
      return switch (kind) {
        case NORMAL -> NORMAL;
        case BUILD -> BUILD;
        case DEV -> DEV;
      };
    }
  }

  /// A package with its active features on a platform (empty for the host), or, where `feature` is
  /// not null, a feature of the package at index `of`.
  public record Node(
      PackageId pkg, List<String> features, String platform, @Nullable String feature, int of) {
    private static final Comparator<Node> ORDER =
        Comparator.<Node>comparingInt(node -> node.feature == null ? 0 : 1)
            .thenComparingInt(node -> node.feature == null ? 0 : node.of)
            .thenComparing(node -> node.feature == null ? "" : node.feature)
            .thenComparing(Node::pkg)
            .thenComparing(Node::features, TreeGraph::compare)
            .thenComparing(Node::platform);
  }

  /// What of the graph is wanted: kinds of edges, features, platforms.
  public record Wanted(
      Set<EdgeKind> kinds, boolean features, boolean procMacros, boolean allPlatforms) {}

  /// A platform that was asked for: its name (empty for the host without `--target`) and facts.
  public record Requested(String name, TargetInfo info) {}

  private final PackageGraph graph;
  private final PackageSource packages;
  private final ResolvedFeatures resolved;
  private final Wanted wanted;
  private final PlatformCheck host;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Node, Integer> index = new HashMap<>();
  private final List<EnumMap<EdgeKind, List<Integer>>> edges = new ArrayList<>();
  private final Map<Integer, Map<String, Set<Integer>>> byKey = new HashMap<>();
  private final Map<Integer, Set<String>> optional = new HashMap<>();
  private final Set<Integer> ofCommandLine = new HashSet<>();

  private TreeGraph(
      PackageGraph graph,
      PackageSource packages,
      ResolvedFeatures resolved,
      Wanted wanted,
      PlatformCheck host) {
    this.graph = graph;
    this.packages = packages;
    this.resolved = resolved;
    this.wanted = wanted;
    this.host = host;
  }

  /// Makes the graph of everything that the roots reach.
  public static TreeGraph of(
      PackageGraph graph,
      PackageSource packages,
      ResolvedFeatures resolved,
      SortedMap<PackageId, CliFeatures> roots,
      Wanted wanted,
      TargetInfo host,
      List<Requested> requested)
      throws KilnException, InterruptedException {
    var tree = new TreeGraph(graph, packages, resolved, wanted, new PlatformCheck(host));
    for (var root : roots.entrySet()) {
      var pkg = tree.load(root.getKey());
      for (var platform : requested) {
        int at = tree.add(pkg, FeatureSpace.of(pkg.isProcMacro()), platform);
        if (wanted.features()) {
          tree.addCommandLine(at, pkg, root.getValue());
        }
      }
    }
    if (wanted.features()) {
      tree.addInternalFeatures();
    }
    return tree;
  }

  public Node node(int at) {
    return nodes.get(at);
  }

  public Package pkg(int at) {
    return packages.require(nodes.get(at).pkg());
  }

  public boolean isOfCommandLine(int at) {
    return ofCommandLine.contains(at);
  }

  /// Returns where edges of a kind lead to, sorted.
  public List<Integer> to(int from, EdgeKind kind) {
    var sorted = new ArrayList<>(edges.get(from).getOrDefault(kind, List.of()));
    sorted.sort((a, b) -> Node.ORDER.compare(nodes.get(a), nodes.get(b)));
    return sorted;
  }

  public boolean isLeaf(int at) {
    return edges.get(at).values().stream().allMatch(List::isEmpty);
  }

  /// Returns the nodes of packages, sorted.
  public List<Integer> of(Collection<PackageId> ids) {
    var found = new ArrayList<Integer>();
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).feature() == null && ids.contains(nodes.get(i).pkg())) {
        found.add(i);
      }
    }
    found.sort((a, b) -> Node.ORDER.compare(nodes.get(a), nodes.get(b)));
    return found;
  }

  /// Turns every edge around.
  public void invert() {
    var before = new ArrayList<>(edges);
    edges.replaceAll(_ -> new EnumMap<>(EdgeKind.class));
    for (int from = 0; from < before.size(); from++) {
      int to = from;
      before.get(from).forEach((kind, targets) -> targets.forEach(at -> connect(at, kind, to)));
    }
  }

  /// Returns the packages below some nodes of which there are several versions or feature sets.
  public List<Integer> duplicates(List<Integer> below) {
    var reached = new HashSet<Integer>();
    below.forEach(at -> reach(at, reached));
    var byName = new TreeMap<String, List<Integer>>();
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).feature() == null && reached.contains(i)) {
        byName.computeIfAbsent(nodes.get(i).pkg().name(), _ -> new ArrayList<>()).add(i);
      }
    }
    var found = new ArrayList<Integer>();
    for (var same : byName.values()) {
      var kinds = new HashSet<List<?>>();
      same.forEach(at -> kinds.add(List.of(nodes.get(at).pkg(), nodes.get(at).features())));
      if (kinds.size() > 1) {
        found.addAll(same);
      }
    }
    found.sort((a, b) -> Node.ORDER.compare(nodes.get(a), nodes.get(b)));
    for (var map : edges) {
      map.values().forEach(targets -> targets.removeIf(at -> !reached.contains(at)));
    }
    for (int i = 0; i < nodes.size(); i++) {
      if (!reached.contains(i)) {
        edges.get(i).clear();
      }
    }
    return found;
  }

  private void reach(int at, Set<Integer> reached) {
    if (reached.add(at)) {
      edges.get(at).values().forEach(targets -> targets.forEach(to -> reach(to, reached)));
    }
  }

  private static int compare(List<String> a, List<String> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int order = a.get(i).compareTo(b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return a.size() - b.size();
  }

  private int addNode(Node node) {
    nodes.add(node);
    edges.add(new EnumMap<>(EdgeKind.class));
    index.put(node, nodes.size() - 1);
    return nodes.size() - 1;
  }

  private void connect(int from, EdgeKind kind, int to) {
    var targets = edges.get(from).computeIfAbsent(kind, _ -> new ArrayList<>());
    if (!targets.contains(to)) {
      targets.add(to);
    }
  }

  private Package load(PackageId id) throws KilnException, InterruptedException {
    if (packages.find(id).isEmpty()) {
      packages.load(List.of(id));
    }
    return packages.require(id);
  }

  private int add(Package pkg, FeatureSpace space, Requested platform)
      throws KilnException, InterruptedException {
    boolean forHost = space == FeatureSpace.HOST;
    var node =
        new Node(
            pkg.id(), resolved.features(pkg.id(), space), forHost ? "" : platform.name(), null, 0);
    var known = index.get(node);
    if (known != null) {
      return known;
    }
    int from = addNode(node);
    byKey.put(from, new TreeMap<>());
    optional.put(from, new HashSet<>());
    var own = new PlatformCheck(platform.info());
    for (var edge : graph.edges(pkg.id())) {
      var counting = new ArrayList<Dependency>();
      for (var dependency : edge.dependencies()) {
        boolean onHost = forHost || dependency.kind() == Dependency.Kind.BUILD;
        if (counts(pkg.id(), space, dependency, onHost ? host : own)) {
          counting.add(dependency);
        }
      }
      if (counting.isEmpty()) {
        continue;
      }
      var to = load(edge.to());
      if (!wanted.procMacros() && to.isProcMacro()) {
        continue;
      }
      counting.sort(Comparator.comparing(Dependency::kind).thenComparing(Dependency::key));
      for (var dependency : counting) {
        boolean host = dependency.kind() == Dependency.Kind.BUILD || to.isProcMacro();
        int at = add(to, host ? FeatureSpace.HOST : space, platform);
        connect(from, dependency, at);
      }
    }
    return from;
  }

  private boolean counts(
      PackageId pkg, FeatureSpace space, Dependency dependency, PlatformCheck platform) {
    return (wanted.allPlatforms() || platform.matches(dependency.platform()))
        && wanted.kinds().contains(EdgeKind.of(dependency.kind()))
        && (!dependency.optional() || resolved.isDependencyActive(pkg, space, dependency.key()));
  }

  private void connect(int from, Dependency dependency, int to) {
    var kind = EdgeKind.of(dependency.kind());
    if (!wanted.features()) {
      connect(from, kind, to);
      return;
    }
    byKey
        .getOrDefault(from, new TreeMap<>())
        .computeIfAbsent(dependency.key(), _ -> new HashSet<>())
        .add(to);
    if (dependency.optional()) {
      optional.getOrDefault(from, new HashSet<>()).add(dependency.key());
    }
    if (dependency.defaultFeatures()) {
      addFeature("default", from, to, kind);
    }
    for (var feature : dependency.features()) {
      addFeature(feature, from, to, kind);
    }
    if (!dependency.defaultFeatures() && dependency.features().isEmpty()) {
      connect(from, kind, to);
    }
  }

  /// Puts a feature between two nodes (-1: from the command line); says where it is.
  private int addFeature(String name, int from, int to, EdgeKind kind) {
    var node = feature(name, to);
    var known = index.get(node);
    int at = known == null ? addNode(node) : known;
    if (from >= 0) {
      connect(from, kind, at);
    }
    connect(at, EdgeKind.FEATURE, to);
    return at;
  }

  private Node feature(String name, int of) {
    return new Node(nodes.get(of).pkg(), List.of(), "", name, of);
  }

  private void addCommandLine(int at, Package pkg, CliFeatures cli) {
    var names = new ArrayList<FeatureValue>(cli.values().values());
    if (cli.all()) {
      pkg.features().keySet().forEach(name -> names.add(new FeatureValue.Feature(name)));
    }
    if (cli.defaults()) {
      names.add(new FeatureValue.Feature("default"));
    }
    for (var value : names) {
      switch (value) {
        case FeatureValue.Feature(var name) ->
            ofCommandLine.add(addFeature(name, -1, at, EdgeKind.FEATURE));
        case FeatureValue.Dep _ -> {}
        case FeatureValue.DepFeature(var key, var name, _) -> {
          for (int to : targets(at, key)) {
            if (isOptional(at, key)) {
              ofCommandLine.add(addFeature(key, -1, at, EdgeKind.FEATURE));
            }
            ofCommandLine.add(addFeature(name, -1, to, EdgeKind.FEATURE));
          }
        }
      }
    }
  }

  private Set<Integer> targets(int at, String key) {
    return byKey.getOrDefault(at, Collections.emptyMap()).getOrDefault(key, Set.of());
  }

  private boolean isOptional(int at, String key) {
    return optional.getOrDefault(at, Set.of()).contains(key);
  }

  private void addInternalFeatures() {
    int count = nodes.size();
    for (int i = 0; i < count; i++) {
      var name = nodes.get(i).feature();
      if (name != null) {
        addBelow(name, i, nodes.get(i).of());
      }
    }
  }

  private void addBelow(String name, int from, int at) {
    var values = pkg(at).features().getOrDefault(name, List.of());
    for (var value : values) {
      switch (value) {
        case FeatureValue.Feature(var other) -> addOnce(other, from, at);
        case FeatureValue.Dep _ -> {}
        case FeatureValue.DepFeature(var key, var other, var weak) -> {
          for (int to : targets(at, key)) {
            if (isOptional(at, key) && !weak) {
              addFeature(key, from, at, EdgeKind.FEATURE);
            }
            addOnce(other, from, to);
          }
        }
      }
    }
  }

  private void addOnce(String name, int from, int at) {
    boolean isNew = !index.containsKey(feature(name, at));
    int to = addFeature(name, from, at, EdgeKind.FEATURE);
    if (isNew) {
      addBelow(name, to, at);
    }
  }
}
