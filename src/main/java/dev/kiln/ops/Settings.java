package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.store.StoreDir;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What every operation gets from the command line: the one place where the real world comes in.
///
/// `manifestPath` is `--manifest-path` made absolute, null where the manifest is to be searched
/// from `cwd`. `configArgs` are the values of `--config` in their order. `jobs` is `-j`, null where
/// not given. `toolchain` and `sysroot` are `--toolchain` and `--sysroot`.
public record Settings(
    Path cwd,
    SortedMap<String, String> environment,
    InstantSource clock,
    Places places,
    @Nullable Path manifestPath,
    List<String> configArgs,
    Network network,
    @Nullable Integer jobs,
    Choices choices) {

  /// Kiln's own directories: the physical store root, its logical directory, and those below the
  /// user's directories for caches and for configuration, null where the environment names neither.
  public record Places(
      Path storeRoot,
      StoreDir storeDir,
      @Nullable Path cacheDirectory,
      @Nullable Path configDirectory) {
    public Path cache() throws KilnException {
      return known(cacheDirectory, "XDG_CACHE_HOME");
    }

    public Path config() throws KilnException {
      return known(configDirectory, "XDG_CONFIG_HOME");
    }

    private static Path known(@Nullable Path directory, String variable) throws KilnException {
      if (directory == null) {
        throw homeless(variable);
      }
      return directory;
    }

    /// What is said where a directory is needed and cannot be told.
    public static KilnException homeless(String variable) {
      return new KilnException(
          "cannot tell where kiln's files go: neither HOME nor %s is set".formatted(variable),
          "set HOME, or %s to an absolute directory".formatted(variable));
    }
  }

  /// Which of `--locked` and `--frozen` keeps the lock file as it is, null for neither, and whether
  /// `--offline` counts (`--frozen` is both).
  public record Network(@Nullable String lockedBy, boolean offline) {}

  /// What of Cargo's unstable flags is asked for: `-Z build-std`, that standard libraries are built
  /// from source, and `-Z json-target-spec`, that targets may be files.
  public record Unstable(boolean buildStd, boolean jsonTargetSpec) {
    public static final Unstable NONE = new Unstable(false, false);
  }

  /// Kiln's own choices of tools and isolation, and Cargo's unstable ones.
  public record Choices(
      @Nullable String toolchain,
      @Nullable String sysroot,
      boolean sandboxed,
      Unstable unstable,
      int verbosity) {}

  public Settings {
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    configArgs = List.copyOf(configArgs);
  }

  /// Returns the same settings for another workspace.
  public Settings withManifestPath(Path manifest) {
    return new Settings(
        cwd, environment, clock, places, manifest, configArgs, network, jobs, choices);
  }
}
