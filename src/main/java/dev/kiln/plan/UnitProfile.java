package dev.kiln.plan;

import org.jspecify.annotations.Nullable;

/// The profile of one unit, all layers applied (Cargo: workspace/profiles.rs `Profile`).
///
/// `name` is the profile asked for, `root` its root ancestor (`debug` or `release`, what PROFILE
/// says). `optLevel` is `0` to `3`, `s`, `z`. `debuginfo` is `0`, `1`, `2`, `line-directives-only`
/// or `line-tables-only`. `hintMostlyUnused` is shown and has no effect: rustc's flag is unstable.
public record UnitProfile(
    String name,
    Root root,
    String optLevel,
    Lto lto,
    @Nullable Integer codegenUnits,
    DebugInfo debuginfo,
    @Nullable String splitDebuginfo,
    boolean debugAssertions,
    boolean overflowChecks,
    boolean rpath,
    boolean incremental,
    Panic panic,
    Strip strip,
    @Nullable Boolean hintMostlyUnused) {

  /// The two predefined ancestors.
  public enum Root {
    DEBUG,
    RELEASE
  }

  /// How a unit that links panics.
  public enum Panic {
    UNWIND,
    ABORT
  }

  /// `lto`: `off` is given as OFF, `false` as FALSE, `true` and `fat` as the words written.
  public record Lto(String word) {
    public static final Lto FALSE = new Lto("false");
    public static final Lto OFF = new Lto("off");
  }

  /// Debug information: the word for `-C debuginfo=`, and whether the value is deferred, i.e. a
  /// host unit's that may be weakened.
  public record DebugInfo(String word, boolean deferred) {
    public boolean isNone() {
      return word.equals("0");
    }
  }

  /// `strip`: `none`, `debuginfo`, `symbols` or what was written; deferred where nobody set it.
  public record Strip(String word, boolean deferred) {
    public boolean isNone() {
      return word.equals("none");
    }
  }
}
