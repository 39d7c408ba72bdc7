package dev.kiln.ops;

import dev.kiln.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The names of the root records of workspaces (design D11).
final class WorkspaceRoots {
  private WorkspaceRoots() {}

  /// Returns the name of a workspace's record, by its directory.
  static String name(Path workspaceRoot) {
    var directory = workspaceRoot.toString().getBytes(StandardCharsets.UTF_8);
    return "workspace-" + Digest.sha256(directory).hex().substring(0, 32);
  }
}
