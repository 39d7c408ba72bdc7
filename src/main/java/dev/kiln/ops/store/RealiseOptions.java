package dev.kiln.ops.store;

import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// How derivations are realised. `root` is the root directory of this machine, `system` Nix's name
/// of it, `environment` the caller's variables, of which fixed-output derivations may ask for some.
/// Limits of 0 are none.
public record RealiseOptions(
    Path root,
    String system,
    SortedMap<String, String> environment,
    SortedMap<String, Path> sandboxPaths,
    int jobs,
    int cores,
    Limits limits,
    Mode mode) {

  /// Seconds since the start, seconds since the last output, and bytes of log.
  public record Limits(int seconds, int silentSeconds, long logBytes) {
    public static final Limits NONE = new Limits(0, 0, 0);
  }

  /// `check` builds again what is valid and compares; `sandboxed` says whether builders are.
  public record Mode(boolean check, boolean keepGoing, boolean keepFailed, boolean sandboxed) {}

  public RealiseOptions {
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    sandboxPaths = Collections.unmodifiableSortedMap(new TreeMap<>(sandboxPaths));
  }

  /// Returns Nix's name of a Linux machine, from the name that Java has for its processor.
  public static String system(String architecture) {
    return (architecture.equals("amd64") ? "x86_64" : architecture) + "-linux";
  }
}
