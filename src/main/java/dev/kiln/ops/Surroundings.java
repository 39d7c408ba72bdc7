package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.ConfigValue;
import dev.kiln.manifest.ManifestReader;
import dev.kiln.manifest.Workspace;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What the user's files around the working directory say: Cargo's configuration, and the
/// workspace.
public record Surroundings(CargoConfig config, ManifestReader reader, Workspace workspace) {
  /// Loads the configuration and the workspace that the settings point at.
  public static Surroundings load(Settings settings) throws KilnException {
    var config = config(settings);
    var manifest = settings.manifestPath();
    var reader = new ManifestReader(config);
    var found =
        manifest == null
            ? Workspace.findManifest(settings.cwd())
            : Workspace.checkManifest(manifest);
    return new Surroundings(config, reader, Workspace.load(reader, found));
  }

  /// Loads the configuration alone.
  public static CargoConfig config(Settings settings) throws KilnException {
    return CargoConfig.load(
        settings.cwd(), cargoHome(settings), settings.environment(), settings.configArgs());
  }

  /// Returns CARGO_HOME, or its default; null where the user has no home.
  public static @Nullable Path cargoHome(Settings settings) {
    var given = settings.environment().getOrDefault("CARGO_HOME", "");
    if (!given.isEmpty()) {
      return settings.cwd().resolve(given);
    }
    var home = settings.environment().getOrDefault("HOME", "");
    return home.isEmpty() ? null : settings.cwd().resolve(home).resolve(".cargo");
  }

  /// Returns the name of a workspace's root record in the store.
  public static String rootRecord(Workspace workspace) {
    return workspace.root().toString();
  }

  /// Returns how many jobs may run at once: `-j`, `build.jobs`, or the number of processors (Cargo:
  /// `BuildConfig::new`).
  public static int jobs(Settings settings, CargoConfig config) throws KilnException {
    var asked = settings.jobs();
    if (asked != null) {
      return asked;
    }
    int processors = Runtime.getRuntime().availableProcessors();
    var jobs = isDefault(config) ? null : config.integer("build", "jobs");
    if (jobs == null) {
      return processors;
    }
    if (jobs == 0) {
      throw new KilnException("jobs may not be 0", "change `build.jobs` of the configuration");
    }
    return Math.toIntExact(jobs > 0 ? jobs : Math.max(1, processors + jobs));
  }

  private static boolean isDefault(CargoConfig config) {
    var word = config.environment().get("CARGO_BUILD_JOBS");
    return word != null
        ? word.equals("default")
        : config.value("build", "jobs") instanceof ConfigValue.Text text
            && text.value().equals("default");
  }
}
