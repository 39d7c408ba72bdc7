package dev.kiln.cli;

import org.jspecify.annotations.Nullable;

/// A wrong command line: exit code 1, in clap's words, as Cargo's users know them.
final class UsageError extends Exception {
  private static final long serialVersionUID = 1L;

  private final @Nullable String hint;

  UsageError(String message) {
    this(message, null);
  }

  UsageError(String message, @Nullable String hint) {
    super(message);
    this.hint = hint;
  }

  @Nullable String hint() {
    return hint;
  }
}
