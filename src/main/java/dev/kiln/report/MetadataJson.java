package dev.kiln.report;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.FeatureValue;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Workspace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `cargo metadata --format-version 1` prints (Cargo: ops/cargo_output_metadata.rs).
public final class MetadataJson {
  /// Where Cargo would put its outputs.
  public record Directories(String target, String build) {}

  private MetadataJson() {}

  /// Makes the whole document, packages in the given order. `resolve` is null for `--no-deps`.
  public static Json of(
      Workspace workspace, List<Package> packages, @Nullable Json resolve, Directories directories)
      throws KilnException {
    var described = new ArrayList<Json>();
    for (var pkg : packages) {
      described.add(pkg(pkg));
    }
    return Json.object()
        .put("packages", Json.array(described))
        .put("workspace_members", specs(workspace.members()))
        .put("workspace_default_members", specs(workspace.defaultMembers()))
        .put("resolve", resolve == null ? new Json.Null() : resolve)
        .put("target_directory", directories.target())
        .put("build_directory", directories.build())
        .put("version", 1)
        .put("workspace_root", workspace.root().toString())
        .put("metadata", parsed(workspace.settings().metadataJson()))
        .build();
  }

  private static Json specs(List<Package> packages) {
    return Json.strings(packages.stream().map(Package::id).map(PackageId::toSpec).toList());
  }

  private static Json pkg(Package pkg) throws KilnException {
    var about = pkg.about();
    var features = Json.object();
    pkg.features()
        .forEach((name, values) ->
            features.put(name, Json.strings(values.stream().map(FeatureValue::text).toList())));
    var json =
        Json.object()
            .put("name", pkg.name())
            .put("version", pkg.version().toString())
            .put("id", pkg.id().toSpec())
            .put("license", orNull(about.license()))
            .put("license_file", orNull(about.licenseFile()))
            .put("description", orNull(about.description()))
            .put("source", source(pkg.id().source()))
            .put(
                "dependencies",
                Json.array(
                    pkg.dependencies().stream().map(dependency -> dependency(dependency)).toList()))
            .put(
                "targets",
                Json.array(
                    pkg.targets().stream()
                        .map(target -> UnitGraphJson.target(pkg, target))
                        .toList()))
            .put("features", features.build())
            .put("manifest_path", pkg.manifestPath().toString())
            .put("metadata", parsed(pkg.settings().metadataJson()))
            .put("publish", orNull(pkg.settings().publish()))
            .put("authors", Json.strings(about.authors()))
            .put("categories", Json.strings(about.categories()))
            .put("keywords", Json.strings(about.keywords()))
            .put("readme", orNull(about.readme()))
            .put("repository", orNull(about.repository()))
            .put("homepage", orNull(about.homepage()))
            .put("documentation", orNull(about.documentation()))
            .put("edition", pkg.edition())
            .put("links", orNull(pkg.links()))
            .put("default_run", orNull(pkg.settings().defaultRun()))
            .put("rust_version", orNull(about.rustVersion()));
    var mostlyUnused = pkg.settings().mostlyUnusedJson();
    if (mostlyUnused != null) {
      json.put("hints", Json.object().put("mostly-unused", Json.parse(mostlyUnused)).build());
    }
    return json.build();
  }

  private static Json dependency(Dependency dependency) {
    var source = dependency.source();
    var json =
        Json.object()
            .put("name", dependency.name())
            .put("source", source(source))
            .put("req", dependency.req().toString())
            .put("kind", kind(dependency.kind()))
            .put("rename", dependency.isRenamed() ? Json.of(dependency.key()) : new Json.Null())
            .put("optional", dependency.optional())
            .put("uses_default_features", dependency.defaultFeatures())
            .put("features", Json.strings(dependency.features()))
            .put("target", target(dependency))
            .put("registry", registry(dependency));
    if (source.isPath()) {
      json.put("path", source.directory());
    }
    return json.build();
  }

  static Json kind(Dependency.Kind kind) {
    return switch (kind) {
      case NORMAL -> new Json.Null();
      case DEV -> Json.of("dev");
      case BUILD -> Json.of("build");
    };
  }

  static Json target(Dependency dependency) {
    var platform = dependency.platform();
    return platform == null ? new Json.Null() : Json.of(platform.toString());
  }

  private static Json registry(Dependency dependency) {
    var index = dependency.extras().registryIndex();
    var source = dependency.source();
    return index != null || (source.isRegistry() && !source.equals(SourceId.CRATES_IO))
        ? Json.of(index == null ? source.url() : index)
        : new Json.Null();
  }

  private static Json source(SourceId source) {
    return source.isPath() ? new Json.Null() : Json.of(source.toString());
  }

  private static Json orNull(@Nullable String text) {
    return text == null ? new Json.Null() : Json.of(text);
  }

  private static Json orNull(@Nullable List<String> texts) {
    return texts == null ? new Json.Null() : Json.strings(texts);
  }

  private static Json parsed(@Nullable String json) throws KilnException {
    return json == null ? new Json.Null() : Json.parse(json);
  }
}
