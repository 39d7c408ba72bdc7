package dev.kiln.plan;

import org.jspecify.annotations.Nullable;

/// What a unit is compiled for: the host, or a target that was asked for (Cargo: CompileKind).
///
/// With `--target HOST` units for the host triple are [#target], not [#HOST]: they live in other
/// directories and get RUSTFLAGS, host units do not.
public record CompileKind(@Nullable String triple) implements Comparable<CompileKind> {
  public static final CompileKind HOST = new CompileKind(null);

  /// Returns the kind for a triple, or the path of a custom target's JSON file, as given.
  public static CompileKind target(String triple) {
    return new CompileKind(triple);
  }

  public boolean isHost() {
    return triple == null;
  }

  /// Says whether the target is described by a file of the user's.
  public boolean isCustom() {
    return triple != null && triple.endsWith(".json");
  }

  /// Returns the short name that directories carry: the triple, or a JSON file's stem.
  public String shortName() {
    if (triple == null) {
      throw new IllegalStateException("the host has no short name");
    }
    return triple.endsWith(".json")
        ? triple.substring(triple.lastIndexOf('/') + 1, triple.length() - ".json".length())
        : triple;
  }

  @Override
  public int compareTo(CompileKind other) {
    return (triple == null ? "" : triple).compareTo(other.triple == null ? "" : other.triple);
  }
}
