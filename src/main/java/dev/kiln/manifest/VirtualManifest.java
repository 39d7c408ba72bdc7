package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.util.List;

/// A manifest with `[workspace]` but without `[package]`: what must not stand in it.
final class VirtualManifest {
  private static final List<String> NEED_A_PACKAGE =
      List.of(
          "lib",
          "bin",
          "example",
          "test",
          "bench",
          "dependencies",
          "dev-dependencies",
          "dev_dependencies",
          "build-dependencies",
          "build_dependencies",
          "features",
          "target",
          "lints",
          "hints",
          "badges");

  private VirtualManifest() {}

  static void check(ManifestFile file) throws KilnException {
    for (var section : NEED_A_PACKAGE) {
      if (file.root().has(section)) {
        throw ManifestReader.failedToParse(
            file.path(),
            new KilnException(
                "this virtual manifest specifies a `"
                    + section
                    + "` section, which is not allowed"));
      }
    }
  }
}
