package dev.kiln.builder;

import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a run of a [BuildRequest] came to. A non-zero exit is a value, not an exception.
public sealed interface BuildOutcome {
  /// How strongly the run was isolated.
  Isolation isolation();

  /// The program exited with 0 and all its descendants are gone.
  ///
  /// `outputs` maps output names to writable directories on the store's file system that hold what
  /// the builder wrote (the `beside` links removed); the caller moves them into the store or
  /// deletes them.
  record Built(SortedMap<String, Path> outputs, Isolation isolation) implements BuildOutcome {
    public Built {
      outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    }
  }

  /// The program exited with another code, or a signal ended it (then `exit` is 128 + signal).
  record Failed(int exit, Isolation isolation) implements BuildOutcome {}
}
