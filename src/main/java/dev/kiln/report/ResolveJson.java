package dev.kiln.report;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.Workspace;
import dev.kiln.resolve.ExternNames;
import dev.kiln.resolve.PackageSource;
import dev.kiln.resolve.PlatformCheck;
import dev.kiln.resolve.UnifiedFeatures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The `resolve` of `cargo metadata`: which package needs which (Cargo: `build_resolve_graph`).
public final class ResolveJson {
  private final UnifiedFeatures features;
  private final PackageSource packages;
  private final List<PlatformCheck> platforms;
  private final SortedMap<PackageId, Json> nodes = new TreeMap<>();

  private ResolveJson(
      UnifiedFeatures features, PackageSource packages, List<PlatformCheck> platforms) {
    this.features = features;
    this.packages = packages;
    this.platforms = platforms;
  }

  /// The graph, and the packages in it.
  public record Result(Json json, List<Package> packages) {}

  /// Walks from the members. `platforms` are those of `--filter-platform`, none for all.
  public static Result of(
      Workspace workspace,
      UnifiedFeatures features,
      PackageSource packages,
      List<PlatformCheck> platforms)
      throws KilnException {
    var walk = new ResolveJson(features, packages, platforms);
    for (var member : workspace.members()) {
      walk.visit(member.id());
    }
    var current = workspace.current();
    var json =
        Json.object()
            .put("nodes", Json.array(walk.nodes.values()))
            .put("root", current == null ? new Json.Null() : Json.of(current.id().toSpec()))
            .build();
    return new Result(json, walk.nodes.keySet().stream().map(packages::require).toList());
  }

  private void visit(PackageId id) throws KilnException {
    if (nodes.containsKey(id)) {
      return;
    }
    nodes.put(id, new Json.Null());
    var names = new ArrayList<String>();
    var described = new ArrayList<Json>();
    var next = new ArrayList<PackageId>();
    for (var edge : features.edges(id).entrySet()) {
      var to = packages.require(edge.getKey());
      var lib = to.lib();
      if (lib == null || edge.getValue().stream().noneMatch(this::isActive)) {
        continue;
      }
      names.add(to.id().toSpec());
      next.add(to.id());
      described.add(
          Json.object()
              .put("name", ExternNames.of(packages.require(id), to, lib, edge.getValue()))
              .put("pkg", to.id().toSpec())
              .put("dep_kinds", kinds(edge.getValue()))
              .build());
    }
    nodes.put(
        id,
        Json.object()
            .put("id", id.toSpec())
            .put("dependencies", Json.strings(names))
            .put("deps", Json.array(described))
            .put("features", Json.strings(features.features(id)))
            .build());
    for (var to : next) {
      visit(to);
    }
  }

  private boolean isActive(Dependency dependency) {
    return platforms.isEmpty()
        || platforms.stream().anyMatch(platform -> platform.matches(dependency.platform()));
  }

  private static Json kinds(List<Dependency> dependencies) {
    var sorted = new ArrayList<>(dependencies);
    sorted.sort(Comparator.comparing(Dependency::kind).thenComparing(ResolveJson::byPlatform));
    var kinds = new ArrayList<Json>();
    for (var dependency : sorted) {
      kinds.add(
          Json.object()
              .put("kind", MetadataJson.kind(dependency.kind()))
              .put("target", MetadataJson.target(dependency))
              .build());
    }
    return Json.array(kinds);
  }

  private static int byPlatform(Dependency left, Dependency right) {
    var one = left.platform();
    var other = right.platform();
    if (one == null || other == null) {
      return Boolean.compare(one != null, other != null);
    }
    return PlatformOrder.INSTANCE.compare(one, other);
  }
}
