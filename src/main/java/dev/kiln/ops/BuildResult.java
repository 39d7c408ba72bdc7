package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.plan.Unit;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// What a build came to.
///
/// `success` is false where a unit failed, which was said as events already. `tree` is the physical
/// path of the composed result, null where there is none. `programs` are the executable files of
/// the units that were asked for, in the graph's order. `tests` runs what is to be tested, null
/// where that was not built.
public record BuildResult(
    boolean success, @Nullable Path tree, List<Program> programs, @Nullable Tests tests) {

  /// A program that was asked for, where its file lies in the physical store, and how to find out
  /// what it is started with and in which environment.
  public record Program(Unit unit, Path file, Starter starter, Environment environment) {}

  /// Finds the words that stand before a program's path when it is run: a configured runner, or an
  /// emulator; none for most. Asked only where a program is really run.
  @FunctionalInterface
  public interface Starter {
    List<String> words() throws KilnException;
  }

  /// Finds a program's environment: the user's, and what Cargo adds when it runs one.
  @FunctionalInterface
  public interface Environment {
    SortedMap<String, String> variables() throws KilnException;
  }

  public BuildResult {
    programs = List.copyOf(programs);
  }
}
