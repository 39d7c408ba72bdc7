package dev.kiln.toolchain;

import dev.kiln.KilnException;
import java.util.Optional;

/// What `rustc -vV` says: the whole text (part of every unit's identity), the host triple, and the
/// release (`1.95.0`, `1.97.0-nightly`).
public record RustcVersion(String verbose, String host, String release) {
  /// Parses the text that `rustc -vV` prints.
  public static RustcVersion parse(String verbose) throws KilnException {
    return new RustcVersion(verbose, field(verbose, "host"), field(verbose, "release"));
  }

  /// Returns the commit that the compiler was built from; empty where it does not know.
  public Optional<String> commit() {
    return verbose
        .lines()
        .filter(line -> line.matches("commit-hash: [0-9a-f]{40}"))
        .map(line -> line.substring("commit-hash: ".length()))
        .findFirst();
  }

  private static String field(String verbose, String key) throws KilnException {
    return verbose
        .lines()
        .filter(line -> line.startsWith(key + ": "))
        .map(line -> line.substring(key.length() + 2).strip())
        .findFirst()
        .orElseThrow(() ->
            new KilnException(
                "`rustc -vV` didn't have a line for `" + key + ":`, got:\n" + verbose.strip()));
  }
}
