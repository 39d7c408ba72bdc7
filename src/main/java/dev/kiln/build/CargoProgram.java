package dev.kiln.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The program that builders find at `$CARGO`: it answers what build scripts ask cargo for and
/// refuses to build (design D4).
public final class CargoProgram {
  private CargoProgram() {}

  /// Returns the text of the program, a POSIX shell script.
  public static String text() {
    try (InputStream resource = CargoProgram.class.getResourceAsStream("cargo.sh")) {
      if (resource == null) {
        throw new IllegalStateException("cargo.sh is not on the class path");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
