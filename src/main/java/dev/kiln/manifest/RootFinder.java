package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the workspace that a manifest belongs to (Cargo: `find_workspace_root_with_loader`).
final class RootFinder {
  private final ManifestReader reader;

  RootFinder(ManifestReader reader) {
    this.reader = reader;
  }

  /// Returns the root's manifest: this one's own, the one that `package.workspace` names, else the
  /// first among the directories above that does not exclude this one.
  Optional<Path> findRoot(Path manifest) throws KilnException {
    var own = rootNamedBy(manifest, manifest);
    if (own != null) {
      return Optional.of(own);
    }
    Path last = null;
    var folder = manifest.getParent();
    for (var at = folder == null ? null : folder.getParent(); at != null; at = at.getParent()) {
      if (at.endsWith("target/package") || (last != null && last.equals(reader.config().home()))) {
        break;
      }
      last = at;
      var candidate = at.resolve("Cargo.toml");
      if (Files.exists(candidate)) {
        var root = rootNamedBy(candidate, manifest);
        if (root != null) {
          return Optional.of(root);
        }
      }
    }
    return Optional.empty();
  }

  private @Nullable Path rootNamedBy(Path candidate, Path manifest) throws KilnException {
    var file = reader.file(candidate);
    if (!candidate.equals(manifest)) {
      reader.checkPackage(file);
    }
    if (file.isWorkspaceRoot()) {
      return isExcluded(file, manifest) ? null : candidate;
    }
    var pointer = file.workspacePointer();
    return pointer == null
        ? null
        : file.directory().resolve(pointer).resolve("Cargo.toml").normalize();
  }

  /// Says whether the root excludes a path that it does not list itself: prefixes both.
  static boolean isExcluded(ManifestFile root, Path path) throws KilnException {
    var workspace = root.workspace();
    if (workspace == null) {
      return false;
    }
    return isBelowOne(root.directory(), workspace.strings("exclude"), path)
        && !isBelowOne(root.directory(), workspace.strings("members"), path);
  }

  private static boolean isBelowOne(Path base, @Nullable List<String> listed, Path path) {
    return listed != null && listed.stream().anyMatch(item -> path.startsWith(base.resolve(item)));
  }
}
