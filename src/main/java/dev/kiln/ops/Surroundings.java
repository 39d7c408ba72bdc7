package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.ManifestReader;
import dev.kiln.manifest.Workspace;
import dev.kiln.memo.Memo;
import dev.kiln.toml.TomlReader;
import dev.kiln.toolchain.RustcChoice;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What the user's files around the working directory say: Cargo's configuration, and the
/// workspace.
public record Surroundings(CargoConfig config, ManifestReader reader, Workspace workspace) {
  /// Loads the configuration and the workspace that the settings point at.
  public static Surroundings load(Settings settings) throws KilnException {
    var config = config(settings);
    var manifest = settings.manifestPath();
    var reader =
        new ManifestReader(
            config, TomlReader.remembering(new Memo(settings.places().cache().resolve("memo"))));
    var found = manifest == null ? Workspace.findManifest(settings.cwd()) : manifest;
    return new Surroundings(config, reader, Workspace.load(reader, found));
  }

  /// Loads the configuration alone.
  public static CargoConfig config(Settings settings) throws KilnException {
    return CargoConfig.load(
        settings.cwd(), cargoHome(settings), settings.environment(), settings.configArgs());
  }

  /// Returns what decides which rustc the user means, where no workspace has a say.
  public static RustcChoice rustcChoice(Settings settings) throws KilnException {
    return new RustcChoice(
        settings.cwd(),
        settings.environment(),
        config(settings).program("build", "rustc"),
        settings.choices().toolchain());
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
}
