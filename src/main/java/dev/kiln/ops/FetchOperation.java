package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.resolve.PackageGraph;
import dev.kiln.resolve.PlatformCheck;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;

/// Brings everything that the workspace may need into the store, so that builds need no network
/// (Cargo: ops/cargo_fetch.rs).
public final class FetchOperation {
  private FetchOperation() {}

  /// Follows all dependencies of all members, level by level. With targets, those are left out that
  /// count on none of them; without, every platform's are fetched.
  public static void run(Settings settings, List<String> targets, EventSink events)
      throws KilnException, InterruptedException {
    try (var ground = Ground.read(settings, events)) {
      var platforms = platforms(ground, targets);
      var packages = ground.packages();
      var graph = new PackageGraph(ground.resolution(), packages);
      var seen = new TreeSet<PackageId>();
      var level =
          new LinkedHashSet<>(ground.workspace().members().stream().map(Package::id).toList());
      while (!level.isEmpty()) {
        seen.addAll(level);
        var unloaded = level.stream().filter(id -> packages.find(id).isEmpty()).toList();
        if (!unloaded.isEmpty()) {
          packages.load(unloaded);
        }
        var next = new LinkedHashSet<PackageId>();
        for (var id : level) {
          for (var edge : graph.edges(id)) {
            if (!seen.contains(edge.to()) && counts(edge, platforms)) {
              next.add(edge.to());
            }
          }
        }
        level = next;
      }
    }
  }

  private static boolean counts(PackageGraph.Edge edge, List<PlatformCheck> platforms) {
    return platforms.isEmpty()
        || edge.dependencies().stream()
            .anyMatch(dependency ->
                dependency.platform() == null
                    || platforms.stream().anyMatch(check -> check.matches(dependency.platform())));
  }

  private static List<PlatformCheck> platforms(Ground ground, List<String> targets)
      throws KilnException, InterruptedException {
    var checks = new ArrayList<PlatformCheck>();
    if (!targets.isEmpty()) {
      var facts = ground.facts(ground.rustc(), targets);
      facts.requested().forEach(kind -> checks.add(new PlatformCheck(facts.of(kind).info())));
    }
    return checks;
  }
}
