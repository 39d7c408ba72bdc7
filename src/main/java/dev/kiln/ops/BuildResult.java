package dev.kiln.ops;

import dev.kiln.plan.Unit;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a build came to.
///
/// `success` is false where a unit failed, which was said as events already. `tree` is the physical
/// path of the composed result, null where there is none. `programs` are the executable files of
/// the units that were asked for, in the graph's order.
public record BuildResult(boolean success, @Nullable Path tree, List<Program> programs) {

  /// A program that was asked for, and where its file lies in the physical store.
  public record Program(Unit unit, Path file) {}

  public BuildResult {
    programs = List.copyOf(programs);
  }
}
