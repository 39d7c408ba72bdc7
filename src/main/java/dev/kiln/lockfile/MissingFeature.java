package dev.kiln.lockfile;

import dev.kiln.KilnException;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;

/// What a package does not have cannot be asked of it: Cargo's resolver finds no version that fits
/// then (Cargo: resolver/errors.rs).
public final class MissingFeature {
  private MissingFeature() {}

  /// Fails where a package lacks a feature that another wants of it; `NAME/FEATURE` is the business
  /// of the package itself.
  public static void refuse(PackageId from, Package to, String feature) throws KilnException {
    if (feature.contains("/") || to.features().containsKey(feature)) {
      return;
    }
    throw new KilnException(
        "failed to select a version for `"
            + to.name()
            + "`.\n    ... required by package `"
            + from
            + "`\npackage `"
            + from.name()
            + "` depends on `"
            + to.name()
            + "` with feature `"
            + feature
            + "` but `"
            + to.name()
            + "` does not have that feature.");
  }
}
