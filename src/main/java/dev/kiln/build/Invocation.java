package dev.kiln.build;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// One command: argv with `argv[0]` an absolute sandbox path, the environment that is part of the
/// key, and the working directory, all in sandbox paths.
public record Invocation(List<String> argv, SortedMap<String, String> env, String cwd) {
  public Invocation {
    argv = List.copyOf(argv);
    env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
  }
}
