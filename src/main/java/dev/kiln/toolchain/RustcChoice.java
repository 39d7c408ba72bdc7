package dev.kiln.toolchain;

import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a user said about which rustc to take.
///
/// `directory` is where the command runs: toolchain files are searched from there upwards, and
/// relative paths start there. `environment` gives RUSTC, PATH, HOME and the RUSTUP_ variables.
/// `configured` is `build.rustc` of Cargo's configuration, an absolute path or a bare name.
/// `toolchain` is `--toolchain` or kiln.toml's pin.
public record RustcChoice(
    Path directory,
    SortedMap<String, String> environment,
    @Nullable String configured,
    @Nullable String toolchain) {
  public RustcChoice {
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
  }

  /// Returns a variable's value, empty where it is not set.
  String variable(String name) {
    return environment.getOrDefault(name, "");
  }
}
