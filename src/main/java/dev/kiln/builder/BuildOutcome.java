package dev.kiln.builder;

import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a run of a [BuildRequest] came to. A non-zero exit is a value, not an exception.
public sealed interface BuildOutcome {
  /// How strongly the run was isolated.
  Isolation isolation();

  /// The program exited with 0 and all its descendants are gone.
  ///
  /// `outputs` maps output names to what the builder wrote, on the store's file system, owned by
  /// this user: writable directories without the `beside` links, or whatever an entry of a
  /// [Mount.OutputParent] is; an entry that the builder did not make is absent. The caller moves
  /// them into the store or deletes them.
  record Built(SortedMap<String, Path> outputs, Isolation isolation) implements BuildOutcome {
    public Built {
      outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    }
  }

  /// The program exited with another code, or a signal ended it (then `exit` is 128 + signal).
  /// `kept` is where its directories are for the user to look at, where that was asked for.
  record Failed(int exit, Isolation isolation, @Nullable Path kept) implements BuildOutcome {}
}
