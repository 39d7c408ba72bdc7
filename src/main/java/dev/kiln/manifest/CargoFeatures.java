package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `cargo-features`: kiln follows stable Cargo, on which unstable ones are errors.
final class CargoFeatures {
  private static final Map<String, String> STABLE =
      Map.ofEntries(
          Map.entry("test-dummy-stable", "1.0"),
          Map.entry("alternative-registries", "1.34"),
          Map.entry("edition", "1.31"),
          Map.entry("rename-dependency", "1.31"),
          Map.entry("default-run", "1.37"),
          Map.entry("profile-overrides", "1.41"),
          Map.entry("resolver", "1.51"),
          Map.entry("named-profiles", "1.57"),
          Map.entry("edition2021", "1.56"),
          Map.entry("rust-version", "1.56"),
          Map.entry("strip", "1.58"),
          Map.entry("workspace-inheritance", "1.64"),
          Map.entry("edition2024", "1.85"));
  private static final Set<String> UNSTABLE =
      Set.of(
          "test-dummy-unstable",
          "metabuild",
          "public-dependency",
          "codegen-backend",
          "profile-rustflags",
          "different-binary-name",
          "per-package-target",
          "trim-paths",
          "open-namespaces",
          "path-bases",
          "unstable-editions",
          "multiple-build-scripts",
          "panic-immediate-abort",
          "profile-hint-mostly-unused");

  private CargoFeatures() {}

  static void check(TomlTable root, List<String> warnings) throws KilnException {
    var misplaced = root.value("package");
    var inside =
        misplaced != null && misplaced.isTable() ? misplaced.table().value("cargo-features") : null;
    if (inside != null) {
      throw inside.failure(
          "the field `cargo-features` should be set at the top of Cargo.toml before any tables");
    }
    var listed = root.strings("cargo-features");
    if (listed == null) {
      return;
    }
    for (var feature : listed) {
      if (STABLE.containsKey(feature)) {
        warnings.add(
            "the cargo feature `"
                + feature
                + "` has been stabilized in the "
                + STABLE.get(feature)
                + " release and is no longer necessary to be listed in the manifest");
      } else if (UNSTABLE.contains(feature)) {
        throw new KilnException(
            "the cargo feature `"
                + feature
                + "` requires a nightly version of Cargo, but this is the `stable` channel");
      } else if (feature.equals("publish-lockfile")) {
        throw new KilnException(
            "the cargo feature `publish-lockfile` has been removed in the 1.37 release");
      } else {
        throw new KilnException("unknown Cargo.toml feature `" + feature + "`");
      }
    }
  }
}
