package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.json.Json;
import dev.kiln.manifest.ConfigCheck;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.CompileOptions;
import dev.kiln.report.MetadataJson;
import dev.kiln.report.ResolveJson;
import dev.kiln.resolve.CliFeatures;
import dev.kiln.resolve.FeatureFlags;
import dev.kiln.resolve.Members;
import dev.kiln.resolve.PackageGraph;
import dev.kiln.resolve.PlatformCheck;
import dev.kiln.resolve.Selection;
import dev.kiln.resolve.UnifiedFeatures;
import java.util.ArrayList;
import java.util.List;

/// Says what `cargo metadata` says of a workspace.
public final class MetadataOperation {
  /// What is asked for: `--no-deps`, `--filter-platform`, feature flags, and whether a format
  /// version was.
  public record Options(
      boolean noDeps,
      List<String> filterPlatforms,
      CompileOptions.Features features,
      boolean versioned) {
    public Options {
      filterPlatforms = List.copyOf(filterPlatforms);
    }
  }

  private MetadataOperation() {}

  /// Reads the workspace, and unless `--no-deps` its lock file and every package that it reaches.
  public static Json run(Settings settings, Options options, EventSink events)
      throws KilnException, InterruptedException {
    try (var ground = Ground.read(settings, events)) {
      warnOfVersion(options, events);
      var workspace = ground.workspace();
      if (options.noDeps()) {
        return MetadataJson.of(
            workspace,
            workspace.members(),
            null,
            CargoDirectories.of(ground.config(), settings.environment(), workspace));
      }
      ConfigCheck.checkTargets(ground.config(), ground::warn);
      var members = Members.of(workspace);
      var specs = new Selection(members, ground::warn).specs(List.of(), true, List.of());
      var flags = options.features();
      var roots =
          FeatureFlags.roots(
              members, specs, CliFeatures.of(flags.features(), flags.all(), flags.noDefault()));
      var graph =
          new PackageGraph(ground.resolution(), ground.packages()).withRoots(roots.keySet());
      var features = UnifiedFeatures.resolve(graph, ground.packages(), roots);
      BuildWarnings.ofDependenciesWithoutLib(
          graph, ground.packages(), roots.keySet(), features.packages(), true, ground::warn);
      var resolved =
          ResolveJson.of(workspace, features, ground.packages(), platforms(ground, options));
      return MetadataJson.of(
          workspace,
          resolved.packages(),
          resolved.json(),
          CargoDirectories.of(ground.config(), settings.environment(), workspace));
    }
  }

  private static void warnOfVersion(Options options, EventSink events) {
    if (!options.versioned()) {
      events.accept(
          new BuildEvent.Warning(
              "please specify `--format-version` flag explicitly to avoid compatibility"
                  + " problems"));
    }
  }

  private static List<PlatformCheck> platforms(Ground ground, Options options)
      throws KilnException, InterruptedException {
    var checks = new ArrayList<PlatformCheck>();
    if (!options.filterPlatforms().isEmpty()) {
      var facts = ground.facts(ground.rustc(), options.filterPlatforms());
      for (CompileKind kind : facts.requested()) {
        checks.add(new PlatformCheck(facts.of(kind).info()));
      }
    }
    return checks;
  }
}
