package dev.kiln.build;

import dev.kiln.plan.CompileMode;
import dev.kiln.plan.Unit;
import java.util.List;
import java.util.Set;

/// Which units start a linker, and whether a user has said which.
public final class Linking {
  private static final Set<String> LINKED = Set.of("bin", "cdylib", "dylib", "proc-macro");

  private Linking() {}

  /// Says whether rustc, or rustdoc that tests, starts a linker for a unit.
  public static boolean happens(Unit unit) {
    if (unit.mode().isCheck() || unit.mode().isDoc() || unit.mode().isRunCustomBuild()) {
      return false;
    }
    return unit.mode().isRustcTest()
        || unit.mode() == CompileMode.DOCTEST
        || unit.target().crateTypes().stream().anyMatch(LINKED::contains);
  }

  /// Says whether flags of rustc's name a linker.
  public static boolean isSaid(List<String> rustflags) {
    return rustflags.stream()
        .anyMatch(flag -> flag.startsWith("linker=") || flag.startsWith("-Clinker="));
  }
}
