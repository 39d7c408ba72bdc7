package dev.kiln.builder;

import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a run gets that its derivation does not name, since no output may depend on it.
///
/// `env` is added to the request's environment (NUM_JOBS, CARGO_MAKEFLAGS, TERM). `jobserver` is a
/// FIFO holding the tokens, which the sandbox opens as descriptors [#READ_FD] and [#WRITE_FD] of
/// the builder; null where there is none. `keepDirectory` asks that the build directory of a failed
/// run is left for the user.
public record Beside(
    SortedMap<String, String> env, @Nullable Path jobserver, boolean keepDirectory) {
  /// The descriptor that a builder reads tokens from.
  public static final int READ_FD = 8;

  /// The descriptor that a builder writes tokens to.
  public static final int WRITE_FD = 9;

  public Beside {
    env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
  }

  /// Nothing beside the request.
  public static Beside nothing() {
    return new Beside(new TreeMap<>(), null, false);
  }
}
