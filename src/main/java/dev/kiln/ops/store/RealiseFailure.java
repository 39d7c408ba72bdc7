package dev.kiln.ops.store;

import dev.kiln.KilnException;
import org.jspecify.annotations.Nullable;

/// Why a derivation was not realised, with what it contributes to the exit code (nix-store.md §23).
public final class RealiseFailure extends KilnException {
  private static final long serialVersionUID = 1L;

  /// Nix's kinds of failure and their bits.
  public enum Kind {
    BUILD(0x04),
    TIMED_OUT(0x04 | 0x01),
    HASH_MISMATCH(0x04 | 0x02),
    NOT_DETERMINISTIC(0x08),
    /// The output was refused, or something else went wrong: exit 1.
    OTHER(0);

    private final int bits;

    Kind(int bits) {
      this.bits = bits;
    }

    int bits() {
      return bits;
    }
  }

  private final Kind kind;

  RealiseFailure(Kind kind, String message) {
    this(kind, message, null);
  }

  RealiseFailure(Kind kind, String message, @Nullable Throwable cause) {
    super(message, null, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
