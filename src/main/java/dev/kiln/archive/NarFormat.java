package dev.kiln.archive;

import dev.kiln.KilnException;

/// The words and limits of the NAR format (nix-store.md §3).
final class NarFormat {
  static final String MAGIC = "nix-archive-1";

  /// The root has depth 0; a node this deep is refused, when writing too.
  static final int MAXIMUM_DEPTH = 64;

  static final int LONGEST_TAG = 32;
  static final int LONGEST_NAME = 255;
  static final int LONGEST_TARGET = 4095;

  private NarFormat() {}

  static int padding(long length) {
    return (int) (-length & 7);
  }

  static KilnException bad(String what) {
    return new KilnException("bad NAR: " + what);
  }
}
