package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `[patch]` tables of configuration files: each goes over the manifest's entry of the same name
/// (Cargo: `Workspace::root_patch`).
final class ConfigPatches {
  /// Names the source that a table's key means.
  interface Urls {
    String of(String key) throws KilnException;
  }

  private ConfigPatches() {}

  static SortedMap<String, List<Dependency>> over(
      SortedMap<String, List<Dependency>> manifest, CargoConfig config, Urls urls)
      throws KilnException {
    var joined = new TreeMap<>(manifest);
    for (var entry : config.table("patch").entrySet()) {
      var url = urls.of(entry.getKey());
      var patches = new ArrayList<Dependency>();
      for (var key : config.table("patch", entry.getKey()).keySet()) {
        patches.add(patch(config, entry.getKey(), key));
      }
      for (var old : manifest.getOrDefault(url, List.of())) {
        if (patches.stream().noneMatch(patch -> patch.key().equals(old.key()))) {
          patches.add(old);
        }
      }
      joined.put(url, patches);
    }
    return joined;
  }

  private static Dependency patch(CargoConfig config, String table, String key)
      throws KilnException {
    var version = text(config, table, key, "version");
    var path = config.path("patch", table, key, "path");
    var git = text(config, table, key, "git");
    var name = text(config, table, key, "package");
    SourceId source = SourceId.CRATES_IO;
    if (git != null) {
      SourceId.GitReference reference = null;
      for (var type : SourceId.GitReference.Type.values()) {
        var value = text(config, table, key, type.key());
        reference = value == null ? reference : new SourceId.GitReference(type, value);
      }
      source = new SourceId(SourceId.Kind.GIT, git, reference, null);
    } else if (path != null) {
      source = SourceId.path(path);
    } else if (version == null) {
      throw new KilnException(
          "dependency ("
              + key
              + ") specified without providing a local path, Git repository, version, or workspace"
              + " dependency to use");
    }
    return new Dependency(
        key,
        name == null ? key : name,
        version == null ? VersionReq.ANY : VersionReq.parse(version),
        source,
        Dependency.Kind.NORMAL,
        null,
        false,
        true,
        List.of(),
        new Dependency.Extras(null, null, name != null, version != null, false, null, false, null));
  }

  private static @Nullable String text(CargoConfig config, String table, String key, String field)
      throws KilnException {
    if (field.equals("version") && config.value("patch", table, key) instanceof ConfigValue.Text) {
      var whole = config.string("patch", table, key);
      return whole == null ? null : whole.value();
    }
    if (config.value("patch", table, key) instanceof ConfigValue.Text) {
      return null;
    }
    var located = config.string("patch", table, key, field);
    return located == null ? null : located.value();
  }
}
