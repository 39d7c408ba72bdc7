package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlFile;
import dev.kiln.toml.TomlTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `kiln.toml` beside the workspace's Cargo.toml: what only kiln knows of. Every key has a default,
/// and one that does not exist is an error.
///
/// `toolchain` and `sysroot` name them as `--toolchain` and `--sysroot` do, null where it says
/// nothing. `natives` are the packages that native crates need in a hermetic sysroot, by the
/// crate's name; `overrides` are further things that it says of crates.
public record KilnToml(
    @Nullable String toolchain,
    @Nullable String sysroot,
    SortedMap<String, List<String>> natives,
    List<CrateOverride> overrides) {
  private static final List<String> KEYS = List.of("native", "override", "sysroot", "toolchain");

  public KilnToml {
    natives = Collections.unmodifiableSortedMap(new TreeMap<>(natives));
    overrides = List.copyOf(overrides);
  }

  /// Reads the file of a workspace's root directory; no file is an empty one.
  public static KilnToml read(Path root) throws KilnException {
    var path = root.resolve("kiln.toml");
    if (!Files.exists(path)) {
      return new KilnToml(null, null, new TreeMap<>(), List.of());
    }
    var table = TomlFile.read(path).root();
    requireKnown(table, KEYS);
    var natives = new TreeMap<String, List<String>>();
    var crates = table.table("native");
    if (crates != null) {
      for (var crate : crates.entries()) {
        natives.put(crate.getKey(), crate.getValue().strings());
      }
    }
    return new KilnToml(
        table.string("toolchain"),
        table.string("sysroot"),
        natives,
        CrateOverride.read(table.table("override")));
  }

  /// Fails for a key that does not exist, and names the nearest one.
  static void requireKnown(TomlTable table, List<String> keys) throws KilnException {
    for (var key : table.keys()) {
      if (!keys.contains(key)) {
        throw new KilnException(
            "unknown key `" + key + "` in " + table.place(),
            Nearest.to(key, keys)
                .map(near -> "did you mean `" + near + "`?")
                .orElse("the keys are: " + String.join(", ", keys)));
      }
    }
  }
}
