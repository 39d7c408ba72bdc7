package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import java.util.List;

/// The types of `[workspace.package]`, checked whether or not somebody inherits.
final class InheritableFields {
  /// The keys of `[package]` that may say `workspace = true`.
  static final List<String> NAMES =
      List.of(
          "authors",
          "categories",
          "description",
          "documentation",
          "edition",
          "exclude",
          "homepage",
          "include",
          "keywords",
          "license",
          "license-file",
          "publish",
          "readme",
          "repository",
          "rust-version",
          "version");

  private InheritableFields() {}

  static void check(TomlTable fields) throws KilnException {
    for (var key : List.of("authors", "categories", "exclude", "include", "keywords")) {
      fields.strings(key);
    }
    for (var key :
        List.of(
            "description",
            "documentation",
            "edition",
            "homepage",
            "license",
            "license-file",
            "repository")) {
      fields.string(key);
    }
    var version = fields.value("version");
    if (version != null) {
      var text = version.string("semver version").strip();
      try {
        Version.parse(text);
      } catch (KilnException e) {
        throw version.failure(VersionFault.of(text));
      }
    }
    var rustVersion = fields.value("rust-version");
    if (rustVersion != null) {
      rustVersion.string("SemVer version");
    }
    var readme = fields.value("readme");
    if (readme != null && !readme.isBool()) {
      readme.string("a boolean or string");
    }
    var publish = fields.value("publish");
    if (publish != null && !publish.isBool()) {
      publish.strings("a boolean or vector of strings");
    }
  }
}
