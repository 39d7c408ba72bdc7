package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Collects the path packages that members, patches and replacements lead to (Cargo: encode.rs
/// `build_path_deps`). What cannot be read is remembered, and only an error for who needs it.
final class LocalPackages {
  private final ManifestReader reader;
  private final List<Package> members;
  private final List<Package> overrides;
  private final Workspace.Root settings;
  private final SortedMap<SourceId, Package> packages = new TreeMap<>();
  private final Map<SourceId, KilnException> broken = new HashMap<>();

  LocalPackages(
      ManifestReader reader,
      List<Package> members,
      List<Package> overrides,
      Workspace.Root settings) {
    this.reader = reader;
    this.members = members;
    this.overrides = overrides;
    this.settings = settings;
  }

  SortedMap<SourceId, Package> packages() {
    return packages;
  }

  Map<SourceId, KilnException> broken() {
    return broken;
  }

  void collect() throws KilnException {
    Set<SourceId> known = new HashSet<>();
    members.forEach(member -> known.add(member.id().source()));
    var queue = new ArrayDeque<Package>(members);
    var base = members.isEmpty() ? null : members.getFirst().directory();
    if (base != null) {
      for (var patches : settings.patches().values()) {
        for (var patch : patches) {
          add(base, patch, known, queue);
        }
      }
      for (var replacement : settings.replacements()) {
        add(base, replacement.with(), known, queue);
      }
    }
    queue.addAll(overrides);
    while (!queue.isEmpty()) {
      var pkg = queue.removeFirst();
      for (var dependency : pkg.dependencies()) {
        add(pkg.directory(), dependency, known, queue);
      }
    }
  }

  private void add(
      Path base, Dependency dependency, Set<SourceId> known, ArrayDeque<Package> queue) {
    add(base, dependency.source(), known, queue);
  }

  private void add(Path base, SourceId source, Set<SourceId> known, ArrayDeque<Package> queue) {
    if (!source.isPath() || !known.add(source)) {
      return;
    }
    try {
      var pkg = reader.read(FileUrl.toPath(base, source.url()).resolve("Cargo.toml"), source);
      packages.put(source, pkg);
      queue.add(pkg);
    } catch (KilnException e) {
      broken.put(source, e);
    }
  }

  /// Returns the directory that a path dependency names.
  static Path directory(Package pkg, Dependency dependency) {
    return FileUrl.toPath(pkg.directory(), dependency.source().url());
  }
}
