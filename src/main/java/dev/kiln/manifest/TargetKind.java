package dev.kiln.manifest;

/// The kinds of targets, in the order in which Cargo lists a package's targets.
public enum TargetKind {
  LIB,
  BIN,
  EXAMPLE,
  TEST,
  BENCH,
  BUILD_SCRIPT
}
