package dev.kiln.ops;

import dev.kiln.plan.CompileOptions;
import dev.kiln.report.MessageFormat;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What a user asks of a build: what to compile, how, where the result goes, and what is said of
/// it.
public record BuildOptions(CompileOptions compile, Result result, Way way, Pages pages) {

  /// `outLink` is where the link to the result goes, null for none (`--no-out-link`, and the
  /// commands that leave the result alone).
  public record Result(@Nullable Path outLink) {
    public static final Result NONE = new Result(null);
  }

  /// `--dry-run`, `--check`, `--keep-going`, `--keep-failed`.
  public record Way(boolean dryRun, boolean check, boolean keepGoing, boolean keepFailed) {
    public static final Way PLAIN = new Way(false, false, false, false);
  }

  /// What is written about the build: Cargo's machine messages, `--report FILE`, and the page of
  /// `--timings`, in the file of `--timings=FILE` or, where that is null, in the cache directory.
  public record Pages(
      MessageFormat messages, @Nullable Path report, boolean timings, @Nullable Path timingsFile) {
    public static final Pages NONE = new Pages(MessageFormat.HUMAN, null, false, null);
  }
}
