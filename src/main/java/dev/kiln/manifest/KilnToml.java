package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `kiln.toml` beside the workspace's Cargo.toml: what only kiln knows of. Every key has a default,
/// and one that does not exist is an error.
///
/// `toolchain` names the toolchain as `--toolchain` does; null where it says nothing.
public record KilnToml(@Nullable String toolchain) {
  private static final List<String> KEYS = List.of("toolchain");

  /// Reads the file of a workspace's root directory; no file is an empty one.
  public static KilnToml read(Path root) throws KilnException {
    var path = root.resolve("kiln.toml");
    if (!Files.exists(path)) {
      return new KilnToml(null);
    }
    var table = TomlFile.read(path).root();
    for (var key : table.keys()) {
      if (!KEYS.contains(key)) {
        throw new KilnException(
            "unknown key `" + key + "` in " + path,
            Nearest.to(key, KEYS)
                .map(near -> "did you mean `" + near + "`?")
                .orElse("the keys are: " + String.join(", ", KEYS)));
      }
    }
    return new KilnToml(table.string("toolchain"));
  }
}
