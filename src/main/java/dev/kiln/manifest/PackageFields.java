package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import dev.kiln.toml.TomlValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The fields of `[package]`, with those of the workspace where they say `workspace = true`.
final class PackageFields {
  private final Path directory;
  private final TomlTable table;
  private final Inheritance.Finder finder;

  /// A value and the directory that paths in it are relative to.
  private record Field(TomlValue value, Path base) {}

  PackageFields(Path directory, TomlTable table, Inheritance.Finder finder) {
    this.directory = directory;
    this.table = table;
    this.finder = finder;
  }

  @Nullable TomlValue value(String key) throws KilnException {
    var field = field(key);
    return field == null ? null : field.value();
  }

  @Nullable String string(String key) throws KilnException {
    var value = value(key);
    return value == null ? null : value.string("a string or workspace");
  }

  @Nullable List<String> strings(String key) throws KilnException {
    var value = value(key);
    return value == null ? null : value.strings("a vector of strings or workspace");
  }

  /// Returns a path of a file, rebased from the workspace's root where it is inherited.
  @Nullable String path(String key) throws KilnException {
    var field = field(key);
    return field == null
        ? null
        : rebased(field.base(), field.value().string("a string or workspace"));
  }

  /// Returns the readme: named, `true` for README.md, `false` for none, else the first usual one
  /// that exists (Cargo: `readme_for_package`).
  @Nullable String readme() throws KilnException {
    var field = field("readme");
    if (field == null) {
      for (var name : List.of("README.md", "README.txt", "README")) {
        if (Files.exists(directory.resolve(name))) {
          return name;
        }
      }
      return null;
    }
    if (field.value().isBool()) {
      return field.value().bool() ? rebased(field.base(), "README.md") : null;
    }
    return rebased(field.base(), field.value().string("a string, a bool, or workspace"));
  }

  private static boolean isFalse(TomlValue value) throws KilnException {
    return value.isBool() && !value.bool();
  }

  private String rebased(Path base, String path) {
    if (base.equals(directory)) {
      return path;
    }
    return directory.relativize(base.resolve(path).normalize()).toString();
  }

  private @Nullable Field field(String key) throws KilnException {
    var value = table.value(key);
    if (value == null) {
      return null;
    }
    if (!value.isTable() || !value.table().has("workspace")) {
      return new Field(value, directory);
    }
    if (!Boolean.TRUE.equals(value.table().bool("workspace"))) {
      throw value.failure("`workspace` cannot be false");
    }
    try {
      var inheritance = finder.find();
      if (key.equals("readme") && isFalse(inheritance.packageField(key))) {
        throw new KilnException("`workspace.package.readme` was not defined");
      }
      return new Field(inheritance.packageField(key), inheritance.directory());
    } catch (KilnException e) {
      throw new KilnException(
          "error inheriting `"
              + key
              + "` from workspace root manifest's `workspace.package."
              + key
              + "`",
          null,
          e);
    }
  }
}
