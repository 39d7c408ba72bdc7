package dev.kiln.resolve;

import dev.kiln.manifest.Package;
import dev.kiln.manifest.Workspace;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The workspace as selection sees it: its members, those selected by default, and the package of
/// the manifest that the command started from (null in a virtual root).
///
/// `root` is the workspace's directory; `resolver` is 1, 2 or 3; `isVirtual` says that the command
/// started from a virtual manifest.
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

  /// Returns what selection sees of a workspace.
  public static Members of(Workspace workspace) {
    return new Members(
        workspace.root(),
        workspace.members(),
        workspace.defaultMembers(),
        workspace.current(),
        workspace.current() == null,
        workspace.resolver());
  }

  /// Says whether feature flags count for all selected members (Cargo:
  /// `allows_new_cli_feature_behavior`).
  boolean hasNewFeatureFlags() {
    return isVirtual || resolver > 1;
  }
}
