package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import java.nio.file.Path;

/// The source that a dependency's table names (Cargo: `to_dependency_source_id`).
final class DependencySource {
  private DependencySource() {}

  /// `base` is what a path is relative to; `parent` the source of the package that has the
  /// dependency: a path inside a package that is not local stays in that package's source.
  static SourceId of(String key, TomlTable table, Path base, SourceId parent, CargoConfig config)
      throws KilnException {
    var git = table.string("git");
    var path = table.string("path");
    var registry = table.string("registry");
    var index = table.string("registry-index");
    var fault = registry == null ? null : Names.fault(registry, "registry name");
    if (fault != null) {
      throw table.failure(fault);
    }
    if (git != null && (registry != null || index != null)) {
      throw ambiguous(key, "`git` or `registry`");
    }
    if (registry != null && index != null) {
      throw ambiguous(key, "`registry` or `registry-index`");
    }
    if (git != null) {
      if (path != null) {
        throw ambiguous(key, "`git` or `path`");
      }
      return git(key, git, table);
    }
    if (path != null) {
      return parent.isPath() ? SourceId.path(base.resolve(path).normalize()) : parent;
    }
    if (registry != null) {
      return config.registry(registry);
    }
    return index != null ? SourceId.registry(index) : config.cratesIo();
  }

  private static SourceId git(String key, String url, TomlTable table) throws KilnException {
    SourceId.GitReference reference = null;
    for (var type : SourceId.GitReference.Type.values()) {
      var name = table.string(type.key());
      if (name != null) {
        if (reference != null) {
          throw ambiguous(key, "`branch`, `tag` or `rev`");
        }
        reference = new SourceId.GitReference(type, name);
      }
    }
    return new SourceId(SourceId.Kind.GIT, GitUrl.normal(url), reference, null);
  }

  private static KilnException ambiguous(String key, String choices) {
    return new KilnException(
        "dependency ("
            + key
            + ") specification is ambiguous. Only one of "
            + choices
            + " is allowed.");
  }
}
