package dev.kiln.resolve;

import dev.kiln.KilnException;
import dev.kiln.manifest.Package;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The workspace as selection sees it: its members, those selected by default, and the package of
/// the manifest that the command started from (null in a virtual root).
///
/// `root` is the workspace's directory; `resolver` is 1, 2 or 3.
public record Members(
    Path root,
    List<Package> all,
    List<Package> byDefault,
    @Nullable Package current,
    boolean isVirtual,
    int resolver) {
  public Members {
    all = List.copyOf(all);
    byDefault = List.copyOf(byDefault);
  }

  /// Says whether feature flags count for all selected members (Cargo:
  /// `allows_new_cli_feature_behavior`).
  boolean hasNewFeatureFlags() {
    return isVirtual || resolver > 1;
  }

  boolean contains(Package pkg) {
    return all.stream().anyMatch(member -> member.id().equals(pkg.id()));
  }

  Package requireCurrent() throws KilnException {
    if (current == null) {
      throw new KilnException(
          "manifest path `"
              + root.resolve("Cargo.toml")
              + "` is a virtual manifest, but this command requires running against an actual "
              + "package in this workspace");
    }
    return current;
  }
}
