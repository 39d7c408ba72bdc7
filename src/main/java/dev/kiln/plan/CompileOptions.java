package dev.kiln.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a user asks to compile, by Cargo's selection, feature, profile and target flags.
///
/// `profile` is null for the command's own (`dev`, `test`, `bench`). `targets` are the values of
/// `--target` as given, empty for none.
public record CompileOptions(
    Intent intent,
    Packages packages,
    Filter filter,
    Features features,
    @Nullable String profile,
    List<String> targets,
    boolean ignoreRustVersion) {

  /// The commands that compile.
  public enum Intent {
    BUILD,
    CHECK,
    TEST,
    BENCH,
    RUN,
    DOC,
    DOC_WITHOUT_DEPS,
    DOCTEST,
    INSTALL
  }

  /// `-p`, `--workspace`, `--exclude`: specs as written, globs among them.
  public record Packages(List<String> specs, boolean workspace, List<String> exclude) {
    public Packages {
      specs = List.copyOf(specs);
      exclude = List.copyOf(exclude);
    }
  }

  /// `--lib`, `--bin NAME`…; all none where no filter was given. `--all-targets` is all five kinds
  /// at once and said apart, since Cargo tells them apart.
  public record Filter(
      Lib lib, Names bins, Names examples, Names tests, Names benches, boolean allTargets) {

    /// Whether libraries are meant, and must be there.
    public enum Lib {
      NONE,
      IF_ANY,
      REQUIRED
    }

    /// One kind of target: `--bins`, and the names or globs of `--bin`.
    public record Names(boolean all, List<String> names) {
      public static final Names NONE = new Names(false, List.of());

      public Names {
        names = List.copyOf(names);
      }

      public boolean isNone() {
        return !all && names.isEmpty();
      }
    }

    /// No filter at all.
    public static final Filter NONE =
        new Filter(Lib.NONE, Names.NONE, Names.NONE, Names.NONE, Names.NONE, false);

    /// What `test NAME` looks through: a default test run without examples and documentation.
    public static final Filter TESTS =
        new Filter(
            Lib.IF_ANY, Names.NONE, Names.NONE, new Names(true, List.of()), Names.NONE, false);
  }

  /// `--features` split at commas and spaces, `--all-features`, `--no-default-features`.
  public record Features(List<String> features, boolean all, boolean noDefault) {
    public Features {
      features = List.copyOf(features);
    }
  }

  public CompileOptions {
    targets = List.copyOf(targets);
  }

  /// Returns the same with other targets selected.
  public CompileOptions withFilter(Filter other) {
    return new CompileOptions(
        intent, packages, other, features, profile, targets, ignoreRustVersion);
  }
}
