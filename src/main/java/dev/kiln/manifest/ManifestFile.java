package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlReader;
import dev.kiln.toml.TomlTable;
import dev.kiln.toml.TomlValue;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One Cargo.toml as text and tables, before anything is made of it.
record ManifestFile(Path path, TomlTable root) {
  static ManifestFile read(TomlReader reader, Path path) throws KilnException {
    var file = new ManifestFile(path, reader.read(path).root());
    try {
      if (file.isWorkspaceRoot() && file.workspacePointer() != null) {
        throw new KilnException(
            "cannot configure both `package.workspace` and `[workspace]`, only one can be"
                + " specified");
      }
    } catch (KilnException e) {
      throw ManifestReader.failedToParse(path, e);
    }
    return file;
  }

  Path directory() {
    var parent = path.getParent();
    return parent == null ? path.toAbsolutePath().getRoot() : parent;
  }

  private static @Nullable TomlTable table(String key, @Nullable TomlValue value)
      throws KilnException {
    return value == null
        ? null
        : value.table(key.equals("package") ? "struct TomlPackage" : "struct TomlWorkspace");
  }

  boolean isWorkspaceRoot() {
    return root.has("workspace");
  }

  boolean isPackage() {
    return root.has("package") || root.has("project");
  }

  @Nullable TomlTable workspace() throws KilnException {
    return table("workspace", root.value("workspace"));
  }

  /// Returns `[package]`, or the old `[project]`.
  @Nullable TomlTable packageTable() throws KilnException {
    return table("package", root.value(root.has("package") ? "package" : "project"));
  }

  /// Returns `package.workspace`, or null.
  @Nullable String workspacePointer() throws KilnException {
    var table = packageTable();
    return table == null ? null : table.string("workspace");
  }
}
