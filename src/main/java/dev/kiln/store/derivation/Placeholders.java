package dev.kiln.store.derivation;

import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.store.StorePath;
import dev.kiln.store.StorePaths;
import java.nio.charset.StandardCharsets;

/// What stands in a derivation for a path that is not known yet (nix-store.md §5.3).
public final class Placeholders {
  private Placeholders() {}

  /// Returns what stands for one of the derivation's own outputs.
  public static ByteString own(String output) {
    return placeholder("nix-output:" + output);
  }

  /// Returns what stands for an output of a floating input derivation.
  public static ByteString upstream(StorePath derivation, String output) {
    var name = derivation.name();
    var stem = derivation.isDerivation() ? name.substring(0, name.length() - 4) : name;
    return placeholder(
        "nix-upstream-output:" + derivation.hashPart() + ":" + StorePaths.outputName(stem, output));
  }

  private static ByteString placeholder(String text) {
    return ByteString.of("/" + Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).nix32());
  }
}
