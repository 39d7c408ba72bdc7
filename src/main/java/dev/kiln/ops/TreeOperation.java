package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;
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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/// Shows which packages depend on which, as `cargo tree` does.
public final class TreeOperation {
  /// What is shown: packages and features as for a build, the words of `-e`, the platforms (`all`
  /// alone is every one), `-i`, `--prune` and `-d`, and the looks.
  public record Options(
      CompileOptions.Packages packages,
      CompileOptions.Features features,
      List<String> edges,
      List<String> targets,
      List<String> invert,
      List<String> prune,
      boolean duplicates,
      TreePrinter.Look look) {}

  private TreeOperation() {}

  /// Returns the text of the trees.
  public static String run(Settings settings, Options options, EventSink events)
      throws KilnException, InterruptedException {
    boolean all = options.targets().contains("all");
    var wanted = wanted(options.edges(), all);
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
      var tree = TreeGraph.of(graph, ground.packages(), features, roots, wanted, host, requested);
      var reached = features.packages();
      var ofRoots =
          Selection.packages(reached, options.invert().isEmpty() ? specs : parse(options.invert()));
      var shown = tree.of(ofRoots);
      if (options.duplicates()) {
        shown = tree.duplicates(shown);
      }
      if (options.duplicates() || !options.invert().isEmpty()) {
        tree.invert();
      }
      var pruned = parse(options.prune());
      Selection.packages(reached, pruned);
      return TreePrinter.print(tree, shown, options.look(), pruned);
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
    var kinds = EnumSet.noneOf(EdgeKind.class);
    boolean features = false;
    boolean procMacros = true;
    var words = new ArrayList<String>();
    edges.forEach(edge -> words.addAll(List.of(edge.split("[\\s,]+", -1))));
    words.removeIf(String::isEmpty);
    boolean subtracts = words.stream().anyMatch(word -> word.startsWith("no-"));
    if (words.stream().allMatch(word -> word.startsWith("no-") || word.equals("features"))) {
      kinds.addAll(EnumSet.of(EdgeKind.NORMAL, EdgeKind.BUILD, EdgeKind.DEV));
    }
    for (var word : words) {
      switch (word) {
        case "all" -> kinds.addAll(EnumSet.of(EdgeKind.NORMAL, EdgeKind.BUILD, EdgeKind.DEV));
        case "normal" -> kinds.add(EdgeKind.NORMAL);
        case "build" -> kinds.add(EdgeKind.BUILD);
        case "dev" -> kinds.add(EdgeKind.DEV);
        case "features" -> features = true;
        case "no-normal" -> kinds.remove(EdgeKind.NORMAL);
        case "no-build" -> kinds.remove(EdgeKind.BUILD);
        case "no-dev" -> kinds.remove(EdgeKind.DEV);
        case "no-proc-macro" -> procMacros = false;
        default ->
            throw new KilnException(
                "unknown edge kind `"
                    + word
                    + "`, valid values are "
                    + (subtracts ? "" : "\"normal\", \"build\", \"dev\", ")
                    + "\"no-normal\", \"no-build\", \"no-dev\", \"no-proc-macro\", "
                    + "\"features\", or \"all\"");
      }
    }
    return new TreeGraph.Wanted(kinds, features, procMacros, allPlatforms);
  }
}
