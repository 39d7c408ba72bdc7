package dev.kiln;

import org.jspecify.annotations.Nullable;

/// A failure that a user can fix: what was being done, and what to do about it.
///
/// The message is one sentence fragment in lower case that names the thing ("cannot read
/// work/Cargo.toml"); the hint is an imperative ("run `kiln fetch` first"). Bugs are unchecked
/// exceptions instead.
public class KilnException extends Exception {
  private static final long serialVersionUID = 1L;

  private final @Nullable String hint;

  public KilnException(String message) {
    this(message, null, null);
  }

  public KilnException(String message, @Nullable String hint) {
    this(message, hint, null);
  }

  public KilnException(String message, @Nullable String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  /// Returns what to do about it, or null where the message says it all.
  public @Nullable String hint() {
    return hint;
  }
}
