package dev.kiln.builder;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// One run of one program, closed over everything that it may see.
///
/// | in it | not in it, handed in [Beside] it |
/// |---|---|
/// | argv, the whole environment, cwd, mounts, output names, network | NUM_JOBS, jobserver, colour, diagnostic width |
///
/// `argv[0]` and `cwd` are sandbox paths. The environment is complete: a builder adds nothing.
/// `network` is true for fixed-output derivations only. With `oneStream` standard output and
/// standard error are one, whose lines are heard in their order, as those of standard error.
public record BuildRequest(
    String name,
    List<String> argv,
    SortedMap<String, String> env,
    String cwd,
    List<Mount> mounts,
    boolean network,
    boolean oneStream) {
  public BuildRequest(
      String name,
      List<String> argv,
      SortedMap<String, String> env,
      String cwd,
      List<Mount> mounts,
      boolean network) {
    this(name, argv, env, cwd, mounts, network, false);
  }

  public BuildRequest {
    argv = List.copyOf(argv);
    env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
    mounts = List.copyOf(mounts);
  }
}
