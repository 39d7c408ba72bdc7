package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import dev.kiln.toml.TomlValue;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What members may inherit: `[workspace.package]`, `[workspace.dependencies]`, `[workspace.lints]`
/// of the root (Cargo: `InheritableFields`).
final class Inheritance {
  /// Finds the workspace of a manifest only when something is inherited.
  interface Finder {
    Inheritance find() throws KilnException;
  }

  private final Path directory;
  private final @Nullable TomlTable workspace;

  private Inheritance(Path directory, @Nullable TomlTable workspace) {
    this.directory = directory;
    this.workspace = workspace;
  }

  static Inheritance of(ManifestFile root) throws KilnException {
    return new Inheritance(root.directory(), root.workspace());
  }

  /// Where the root's Cargo.toml lies: paths in its tables are relative to it.
  Path directory() {
    return directory;
  }

  TomlValue packageField(String key) throws KilnException {
    return require("package", key);
  }

  TomlValue dependency(String key) throws KilnException {
    return require("dependencies", key);
  }

  TomlTable lints() throws KilnException {
    var lints = workspace == null ? null : workspace.table("lints");
    if (lints == null) {
      throw new KilnException("`workspace.lints` was not defined");
    }
    return lints;
  }

  private TomlValue require(String table, String key) throws KilnException {
    var fields = workspace == null ? null : workspace.table(table);
    if (fields == null && table.equals("dependencies")) {
      throw new KilnException("`workspace.dependencies` was not defined");
    }
    var value = fields == null ? null : fields.value(key);
    if (value == null) {
      throw new KilnException(
          table.equals("dependencies")
              ? "`dependency." + key + "` was not found in `workspace.dependencies`"
              : "`workspace." + table + "." + key + "` was not defined");
    }
    return value;
  }
}
