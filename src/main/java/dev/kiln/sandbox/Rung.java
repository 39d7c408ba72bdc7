package dev.kiln.sandbox;

import dev.kiln.builder.Isolation;
import java.util.List;

/// One way to isolate a builder (design D5): the means, and whether /proc is the sandbox's own.
public record Rung(Means means, boolean hasFreshProc) {
  /// What makes the walls.
  public enum Means {
    BUBBLEWRAP,
    UNSHARE,
    SETUID,
    NOTHING
  }

  /// No isolation: `--no-sandbox`.
  public static final Rung NONE = new Rung(Means.NOTHING, false);

  /// The ladder, the best rung first. None is not on it: it has to be asked for.
  static final List<Rung> LADDER =
      List.of(
          new Rung(Means.BUBBLEWRAP, true),
          new Rung(Means.UNSHARE, true),
          new Rung(Means.BUBBLEWRAP, false),
          new Rung(Means.UNSHARE, false),
          new Rung(Means.SETUID, true));

  /// Returns what records say of a run on this rung.
  public Isolation isolation() {
    return switch (means) {
      case BUBBLEWRAP -> hasFreshProc ? Isolation.BUBBLEWRAP : Isolation.WEAK;
      case UNSHARE -> hasFreshProc ? Isolation.UNSHARE : Isolation.WEAK;
      case SETUID -> Isolation.SETUID;
      case NOTHING -> Isolation.NONE;
    };
  }

  /// Returns the rung as one word for files.
  String word() {
    return means + (hasFreshProc ? "" : "-WEAK");
  }
}
