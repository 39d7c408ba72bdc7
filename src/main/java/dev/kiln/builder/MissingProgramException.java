package dev.kiln.builder;

import dev.kiln.KilnException;

/// The program of a request is not among what its mounts show: the request's fault, not the
/// machine's.
public final class MissingProgramException extends KilnException {
  private static final long serialVersionUID = 1L;

  public MissingProgramException(String name, String program) {
    super("cannot run " + name + ": its sandbox has no program " + program);
  }
}
