package dev.kiln.archive;

import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;

/// One file system object of a tree, by its path below the tree's root (empty for the root itself,
/// elements joined by `/`).
public sealed interface NarEntry {
  ByteString path();

  record Directory(ByteString path) implements NarEntry {}

  /// A regular file, with the place of its contents in the NAR.
  record Regular(ByteString path, boolean executable, long size, long narOffset, Digest sha256)
      implements NarEntry {
    /// Returns the same file with its contents farther on in the NAR.
    Regular movedBy(long bytes) {
      return new Regular(path, executable, size, narOffset + bytes, sha256);
    }
  }

  record Link(ByteString path, ByteString target) implements NarEntry {}
}
