package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One `[profile.NAME]` table, or an override inside one, as written: null is "not set". Nothing is
/// merged or defaulted here.
///
/// Words are brought to one form: `optLevel` is `0` to `3`, `s`, `z`; `debug` is `0`, `1`, `2`,
/// `line-directives-only` or `line-tables-only`; `strip` is `none`, `symbols` or what was written;
/// `lto` is `true` or `false` for a boolean, else the word. `packages` are the overrides by spec,
/// `*` among them.
public record TomlProfile(
    @Nullable String optLevel,
    @Nullable String lto,
    @Nullable Long codegenUnits,
    @Nullable String debug,
    @Nullable String splitDebuginfo,
    @Nullable Boolean debugAssertions,
    @Nullable Boolean rpath,
    @Nullable String panic,
    @Nullable Boolean overflowChecks,
    @Nullable Boolean incremental,
    @Nullable String strip,
    @Nullable Boolean hintMostlyUnused,
    @Nullable String inherits,
    SortedMap<String, TomlProfile> packages,
    @Nullable TomlProfile buildOverride) {

  public TomlProfile {
    packages = Collections.unmodifiableSortedMap(new TreeMap<>(packages));
  }

  /// Reads a table of a manifest.
  static TomlProfile of(String name, TomlTable table, java.util.List<String> warnings)
      throws KilnException {
    return ProfileReader.ofManifest(name, table, warnings);
  }

  /// Reads what configuration and environment say under a key, null where that is nothing.
  static @Nullable TomlProfile ofConfig(CargoConfig config, String... key) throws KilnException {
    return ProfileReader.ofConfig(config, key);
  }

  /// Says whether nothing at all is set.
  public boolean isEmpty() {
    return equals(
        new TomlProfile(
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            new TreeMap<>(),
            null));
  }
}
