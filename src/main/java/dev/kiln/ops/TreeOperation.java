package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.RustcFacts;
import dev.kiln.report.TreePrinter;
import dev.kiln.resolve.CliFeatures;
import dev.kiln.resolve.FeatureFlags;
import dev.kiln.resolve.FeatureResolver;
import dev.kiln.resolve.Members;
import dev.kiln.resolve.PackageGraph;
import dev.kiln.resolve.PackageSpec;
import dev.kiln.resolve.Selection;
import dev.kiln.resolve.TreeGraph;
import dev.kiln.resolve.TreeGraph.EdgeKind;
import dev.kiln.resolve.UnifiedFeatures;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Shows which packages depend on which, as `cargo tree` does.
public final class TreeOperation {
  /// What is shown: packages and features as for a build, the words of `-e` (none are the usual
  /// ones), the platforms (`all` alone is every one), `-i`, `--prune`, `-d`, `--depth workspace`,
  /// and the looks.
  public record Options(
      CompileOptions.Packages packages,
      CompileOptions.Features features,
      List<String> edges,
      List<String> targets,
      List<String> invert,
      List<String> prune,
      boolean duplicates,
      boolean onlyMembers,
      TreePrinter.Look look) {}

  private TreeOperation() {}

  /// Fails for kinds of edges that do not go together.
  public static void checkEdges(List<String> edges) throws KilnException {
    wanted(edges, false);
  }

  /// Returns the text of the trees.
  public static String run(Settings settings, Options options, EventSink events)
      throws KilnException, InterruptedException {
    boolean all = options.targets().equals(List.of("all"));
    var wanted = wanted(options.edges(), all);
    if (wanted.features() && options.duplicates()) {
      throw new KilnException("the `-e features` flag does not support `--duplicates`");
    }
    try (var ground = Ground.read(settings, events)) {
      var facts = ground.facts(ground.rustc(), all ? List.of() : options.targets());
      var members = Members.of(ground.workspace());
      var selection = new Selection(members, ground::warn);
      var packages = options.packages();
      var specs = selection.specs(packages.specs(), packages.workspace(), packages.exclude());
      var flags = options.features();
      var roots =
          FeatureFlags.roots(
              members, specs, CliFeatures.of(flags.features(), flags.all(), flags.noDefault()));
      var graph =
          new PackageGraph(ground.resolution(), ground.packages()).withRoots(roots.keySet());
      var host = facts.of(CompileKind.HOST).info();
      var requested = requested(facts);
      var rules =
          FeatureResolver.Rules.of(
              members.resolver(),
              wanted.kinds().contains(EdgeKind.DEV),
              all,
              host,
              requested.stream().map(TreeGraph.Requested::info).toList());
      var features = FeatureResolver.resolve(graph, ground.packages(), rules, roots);
      BuildWarnings.ofDependenciesWithoutLib(
          graph,
          ground.packages(),
          roots.keySet(),
          features.packages(),
          wanted.kinds().contains(EdgeKind.DEV),
          ground::warn);
      var tree = TreeGraph.of(graph, ground.packages(), features, roots, wanted, host, requested);
      var inverted = parse(options.invert());
      var pruned = parse(options.prune());
      // these may name what other platforms need, and then there is nothing to show
      var known =
          inverted.isEmpty() && pruned.isEmpty() && selection.isOfMembers(specs)
              ? features.packages()
              : UnifiedFeatures.resolve(graph, ground.packages(), roots).packages();
      var shown = tree.of(Selection.packages(graph, known, inverted.isEmpty() ? specs : inverted));
      Selection.packages(graph, known, pruned);
      if (options.duplicates()) {
        shown = tree.duplicates(shown);
      }
      if (options.duplicates() || !inverted.isEmpty()) {
        tree.invert();
      }
      if (shown.isEmpty()) {
        ground.warn(
            "nothing to print.\n\n"
                + "To find dependencies that require specific target platforms, try to use option"
                + " `--target all` first, and then narrow your search scope accordingly.");
      }
      var memberIds = new HashSet<PackageId>();
      members.all().forEach(member -> memberIds.add(member.id()));
      Predicate<PackageId> isHidden =
          pkg ->
              pruned.stream().anyMatch(spec -> spec.matches(pkg))
                  || (options.onlyMembers() && !memberIds.contains(pkg));
      return TreePrinter.print(tree, shown, options.look(), isHidden, names(ground.config()));
    }
  }

  private static List<TreeGraph.Requested> requested(RustcFacts facts) {
    var requested = new ArrayList<TreeGraph.Requested>();
    for (var kind : facts.requested()) {
      requested.add(
          new TreeGraph.Requested(kind.isHost() ? "" : kind.shortName(), facts.of(kind).info()));
    }
    return requested;
  }

  /// Returns what the registries of `[registries]` are called.
  private static Map<SourceId, String> names(CargoConfig config) throws KilnException {
    var names = new HashMap<SourceId, String>();
    for (var name : config.table("registries").keySet()) {
      if (config.string("registries", name, "index") != null) {
        names.put(config.registry(name), name);
      }
    }
    return names;
  }

  private static List<PackageSpec> parse(List<String> texts) throws KilnException {
    var specs = new ArrayList<PackageSpec>();
    for (var text : texts) {
      specs.add(PackageSpec.parse(text));
    }
    return specs;
  }

  /// Reads `-e` (Cargo: commands/tree.rs `parse_edge_kinds`).
  private static TreeGraph.Wanted wanted(List<String> edges, boolean allPlatforms)
      throws KilnException {
    if (edges.contains("public")) {
      throw new KilnException("`--edges public` requires `-Zunstable-options`");
    }
    var words = edges.stream().filter(word -> !word.equals("no-proc-macro")).toList();
    boolean subtracts = words.stream().anyMatch(word -> word.startsWith("no-"));
    var usual = EnumSet.of(EdgeKind.NORMAL, EdgeKind.BUILD, EdgeKind.DEV);
    boolean byUsual = subtracts || words.isEmpty() || words.equals(List.of("features"));
    var kinds = byUsual ? EnumSet.copyOf(usual) : EnumSet.noneOf(EdgeKind.class);
    boolean features = false;
    for (var word : words) {
      if (subtracts && Set.of("normal", "build", "dev", "all").contains(word)) {
        throw new KilnException(
            "`"
                + word
                + "` dependency kind cannot be mixed with \"no-normal\", \"no-build\", or"
                + " \"no-dev\" dependency kinds");
      }
      switch (word) {
        case "all" -> {
          kinds.addAll(usual);
          features = true;
        }
        case "normal" -> kinds.add(EdgeKind.NORMAL);
        case "build" -> kinds.add(EdgeKind.BUILD);
        case "dev" -> kinds.add(EdgeKind.DEV);
        case "features" -> features = true;
        case "no-normal" -> kinds.remove(EdgeKind.NORMAL);
        case "no-build" -> kinds.remove(EdgeKind.BUILD);
        case "no-dev" -> kinds.remove(EdgeKind.DEV);
        default -> throw new IllegalArgumentException(word);
      }
    }
    return new TreeGraph.Wanted(kinds, features, !edges.contains("no-proc-macro"), allPlatforms);
  }
}
