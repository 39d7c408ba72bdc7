package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.SourceId.GitReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Which place stands in for a source: the `[source]` tables of the configuration, with Cargo's
/// rules (Cargo: sources/config.rs, `SourceConfigMap`; cargo-build.md §3.3).
public final class SourceMap {
  private static final String CRATES_IO = "crates-io";

  /// A named source: where it is, and the name of what replaces it.
  private record Entry(Source source, CargoConfig.@Nullable Located replaceWith) {}

  private final CargoConfig config;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<Source, String> names = new HashMap<>();
  private final Map<SourceId, Source> resolved = new ConcurrentHashMap<>();

  private SourceMap(CargoConfig config) {
    this.config = config;
  }

  /// Reads the tables `source.NAME`.
  public static SourceMap of(CargoConfig config) throws KilnException {
    var map = new SourceMap(config);
    map.add(CRATES_IO, new Entry(new Source.GitIndex(SourceId.CRATES_IO.url()), null));
    map.add(CRATES_IO, new Entry(Source.of(SourceId.CRATES_IO), null));
    for (var name : config.table("source").keySet()) {
      map.read(name);
    }
    return map;
  }

  /// Returns the place that a package of this source is had from.
  public Source resolve(SourceId id) throws KilnException {
    var known = resolved.get(id);
    if (known == null) {
      known = follow(id);
      resolved.put(id, known);
    }
    return known;
  }

  private Source follow(SourceId id) throws KilnException {
    var own = Source.of(id);
    var first = names.get(own);
    if (first == null) {
      return own;
    }
    var seen = new HashSet<String>();
    var name = first;
    CargoConfig.@Nullable Located pointer = null;
    while (seen.add(name)) {
      var entry = entries.get(name);
      if (entry == null) {
        return checked(own, first, alternative(name, first, pointer), name);
      }
      pointer = entry.replaceWith();
      if (pointer == null) {
        return checked(own, first, entry.source(), name);
      }
      name = pointer.value();
    }
    throw new KilnException(
        "detected a cycle of `replace-with` sources, the source `"
            + name
            + "` is eventually replaced with itself "
            + place(pointer));
  }

  /// Takes a name that no source table has for a registry's.
  private Source alternative(String name, String first, CargoConfig.@Nullable Located pointer)
      throws KilnException {
    if (config.table("registries", name).isEmpty()
        && config.string("registries", name, "index") == null) {
      throw new KilnException(
          "could not find a configured source with the name `"
              + name
              + "` when attempting to lookup `"
              + first
              + "` "
              + place(pointer));
    }
    return Source.of(config.registry(name));
  }

  private static String place(CargoConfig.@Nullable Located pointer) {
    return "(configuration in `" + (pointer == null ? "" : pointer.definition()) + "`)";
  }

  private static Source checked(Source own, String first, Source found, String name)
      throws KilnException {
    if (!found.equals(own) && own.hasChecksums() && !found.hasChecksums()) {
      throw new KilnException(
          "cannot replace `"
              + first
              + "` with `"
              + name
              + "`, the source `"
              + first
              + "` supports checksums, but `"
              + name
              + "` does not");
    }
    return found;
  }

  private void read(String name) throws KilnException {
    var places = new ArrayList<Source>();
    var registry = config.string("source", name, "registry");
    if (registry != null) {
      places.add(Source.registry(url(registry, name, "registry")));
    }
    var local = config.path("source", name, "local-registry");
    if (local != null) {
      places.add(new Source.Local(local));
    }
    var directory = config.path("source", name, "directory");
    if (directory != null) {
      places.add(new Source.Directory(directory));
    }
    var git = config.string("source", name, "git");
    var reference = reference(name, git != null);
    if (git != null) {
      places.add(new Source.Git(url(git, name, "git"), reference));
    }
    if (places.isEmpty() && name.equals(CRATES_IO)) {
      places.add(Source.of(SourceId.CRATES_IO));
    }
    if (places.isEmpty()) {
      throw new KilnException(
          "no source location specified for `source."
              + name
              + "`, need `registry`, `local-registry`, `directory`, or `git` defined");
    }
    if (places.size() > 1) {
      throw new KilnException("more than one source location specified for `source." + name + "`");
    }
    add(name, new Entry(places.getFirst(), config.string("source", name, "replace-with")));
  }

  private static String url(CargoConfig.Located located, String name, String key)
      throws KilnException {
    var url = located.value().replaceFirst("^sparse\\+", "");
    if (!url.matches("[A-Za-z][A-Za-z0-9+.-]*:.*")) {
      throw new KilnException(
          "configuration key `source."
              + name
              + "."
              + key
              + "` specified an invalid URL (in "
              + located.definition()
              + ")",
          null,
          new KilnException("invalid url `" + located.value() + "`: relative URL without a base"));
    }
    return located.value();
  }

  private @Nullable GitReference reference(String name, boolean isGit) throws KilnException {
    for (var type :
        List.of(GitReference.Type.BRANCH, GitReference.Type.TAG, GitReference.Type.REV)) {
      var key = type.name().toLowerCase(Locale.ROOT);
      var value = config.string("source", name, key);
      if (value != null && !isGit) {
        throw new KilnException(
            "source definition `source."
                + name
                + "` specifies `"
                + key
                + "`, but that requires a `git` key to be specified (in "
                + value.definition()
                + ")");
      }
      if (value != null) {
        return new GitReference(type, value.value());
      }
    }
    return null;
  }

  /// Returns Cargo's words for a source of the configuration (Cargo: source_id.rs, `Display`).
  private static String named(Source source, String name) {
    var cratesIo = Source.of(SourceId.CRATES_IO);
    return switch (source) {
      case Source.Sparse sparse ->
          "registry `" + (sparse.equals(cratesIo) ? CRATES_IO : name) + "`";
      case Source.GitIndex index ->
          "registry `" + (index.index().equals(SourceId.CRATES_IO.url()) ? CRATES_IO : name) + "`";
      case Source.Local local -> "registry `" + local.root() + "`";
      case Source.Directory directory -> "dir " + directory.root();
      case Source.Git git ->
          new SourceId(SourceId.Kind.GIT, git.url(), git.reference(), null).described();
      case Source.PathSource path -> path.url();
    };
  }

  private void add(String name, Entry entry) throws KilnException {
    var other = names.put(entry.source(), name);
    if (other != null && !name.equals(CRATES_IO)) {
      throw new KilnException(
          "source `"
              + name
              + "` defines source "
              + named(entry.source(), name)
              + ", but that source is already defined by `"
              + other
              + "`\nnote: Sources are not allowed to be defined multiple times.");
    }
    entries.put(name, entry);
  }
}
