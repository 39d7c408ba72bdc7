package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.toolchain.Programs;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// The programs that Cargo would start in the place of rustc. kiln starts none, but one that is not
/// there is an error for both.
final class RustcWrappers {
  private RustcWrappers() {}

  static void check(CargoConfig config, SortedMap<String, String> environment, Path cwd)
      throws KilnException {
    for (var name : List.of("rustc-wrapper", "rustc-workspace-wrapper")) {
      var wrapper = wrapper(config, environment, name);
      if (wrapper == null || wrapper.isEmpty()) {
        continue;
      }
      boolean isThere =
          wrapper.contains("/")
              ? Programs.isProgram(cwd.resolve(wrapper))
              : Programs.find(cwd, environment.getOrDefault("PATH", ""), wrapper).isPresent();
      if (!isThere) {
        throw new KilnException(
            "could not execute process `" + wrapper + " rustc -vV` (never executed)",
            null,
            new KilnException("No such file or directory (os error 2)"));
      }
    }
  }

  private static @Nullable String wrapper(
      CargoConfig config, SortedMap<String, String> environment, String name) throws KilnException {
    var variable = environment.get(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    return variable != null ? variable : config.program("build", name);
  }
}
