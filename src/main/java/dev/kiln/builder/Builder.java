package dev.kiln.builder;

import dev.kiln.KilnException;

/// Runs build requests.
///
/// Implementations MUST run `argv` with exactly the request's environment and [Beside#env], MUST
/// show the mounts and nothing else, MUST hand each line of the two streams to the listener as it
/// comes, MUST return the exit code as a value, MUST end every descendant of the program before
/// they return or throw, and MUST do so when the calling thread is interrupted.
public interface Builder {
  /// Runs the request to its end.
  ///
  /// Throws [KilnException] where the machine, not the program, stopped the run.
  BuildOutcome build(BuildRequest request, Beside beside, BuildListener listener)
      throws KilnException, InterruptedException;
}
