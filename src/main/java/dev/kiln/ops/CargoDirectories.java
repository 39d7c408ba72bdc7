package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.Workspace;
import dev.kiln.report.MetadataJson;
import java.util.List;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The directories that Cargo would write to, as it spells them; kiln writes to neither (Cargo:
/// context/mod.rs `target_dir`, `build_dir`).
final class CargoDirectories {
  private static final Pattern VARIABLE = Pattern.compile("\\{(.*)\\}");

  private final CargoConfig config;
  private final Workspace workspace;

  private CargoDirectories(CargoConfig config, Workspace workspace) {
    this.config = config;
    this.workspace = workspace;
  }

  static MetadataJson.Directories of(
      CargoConfig config, SortedMap<String, String> environment, Workspace workspace)
      throws KilnException {
    var directories = new CargoDirectories(config, workspace);
    var target = directories.target(environment.get("CARGO_TARGET_DIR"));
    var build = directories.build();
    return new MetadataJson.Directories(target, build == null ? target : build);
  }

  private String target(@Nullable String given) throws KilnException {
    if (given != null) {
      if (given.isEmpty()) {
        throw new KilnException(
            "the target directory is set to an empty string in the `CARGO_TARGET_DIR` environment"
                + " variable");
      }
      return joined(config.cwd().toString(), given);
    }
    var configured = config.string("build", "target-dir");
    if (configured == null) {
      return workspace.root().resolve("target").toString();
    }
    if (configured.value().isEmpty()) {
      throw new KilnException(
          "the target directory is set to an empty string in " + configured.definition());
    }
    return joined(configured);
  }

  private @Nullable String build() throws KilnException {
    var configured = config.string("build", "build-dir");
    if (configured == null) {
      return null;
    }
    var filled = filled(configured.value());
    if (configured.value().isEmpty()) {
      throw new KilnException(
          "the build directory is set to an empty string in " + configured.definition());
    }
    return joined(new CargoConfig.Located(filled, configured.definition()));
  }

  private String filled(String template) throws KilnException {
    var home = config.home();
    var filled =
        template
            .replace("{workspace-root}", workspace.root().toString())
            .replace("{cargo-cache-home}", String.valueOf(home))
            .replace("{workspace-path-hash}", PathHash.of(workspace.rootManifest()));
    var unknown = VARIABLE.matcher(filled);
    if (unknown.find()) {
      throw new KilnException(
          "unexpected variable `"
              + unknown.group(1)
              + "` in build.build-dir path `"
              + template
              + "`",
          "available template variables are `{workspace-root}`, `{cargo-cache-home}`,"
              + " `{workspace-path-hash}`");
    }
    for (var bracket : List.of("{", "}")) {
      if (filled.contains(bracket)) {
        throw new KilnException(
            "unexpected "
                + (bracket.equals("{") ? "opening" : "closing")
                + " bracket `"
                + bracket
                + "` in build.build-dir path `"
                + template
                + "`");
      }
    }
    return filled;
  }

  private String joined(CargoConfig.Located located) {
    return joined(located.definition().base(config.cwd()).toString(), located.value());
  }

  /// Cargo tidies nothing up: what was written is what is shown.
  private static String joined(String base, String path) {
    return path.startsWith("/") ? path : base.endsWith("/") ? base + path : base + "/" + path;
  }
}
