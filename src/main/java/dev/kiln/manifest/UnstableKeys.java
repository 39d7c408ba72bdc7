package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import java.util.Map;

/// Keys that stable Cargo refuses.
final class UnstableKeys {
  private static final Map<String, String> OF_PACKAGE =
      Map.of(
          "im-a-teapot", "test-dummy-unstable",
          "metabuild", "metabuild",
          "default-target", "per-package-target",
          "forced-target", "per-package-target");
  private static final Map<String, String> OF_PROFILE =
      Map.of(
          "rustflags", "profile-rustflags",
          "codegen-backend", "codegen-backend",
          "trim-paths", "trim-paths");

  private UnstableKeys() {}

  static void check(TomlTable packageTable) throws KilnException {
    check(packageTable, OF_PACKAGE);
  }

  static void checkProfile(TomlTable profile) throws KilnException {
    check(profile, OF_PROFILE);
    var build = profile.table("build-override");
    if (build != null) {
      check(build, OF_PROFILE);
    }
    var packages = profile.table("package");
    if (packages != null) {
      for (var override : packages.entries()) {
        check(override.getValue().table(), OF_PROFILE);
      }
    }
  }

  /// Does the same for a profile of configuration files.
  static void checkProfile(ConfigValue.Table profile) throws KilnException {
    for (var entry : profile.values().entrySet()) {
      var feature = OF_PROFILE.get(entry.getKey());
      if (feature != null) {
        throw required(feature);
      }
      if (entry.getValue() instanceof ConfigValue.Table inner) {
        checkProfile(inner);
      }
    }
  }

  private static void check(TomlTable table, Map<String, String> keys) throws KilnException {
    for (var key : table.keys()) {
      var feature = keys.get(key);
      if (feature != null) {
        throw required(feature);
      }
    }
  }

  static KilnException required(String feature) {
    return new KilnException(
        "feature `" + feature + "` is required",
        null,
        new KilnException(
            "the package requires the Cargo feature called `"
                + feature
                + "`, but that feature is not stable"));
  }
}
