package dev.kiln.lockfile;

import dev.kiln.KilnException;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Refuses packages that depend on themselves, in Cargo's words (Cargo: `check_cycles`).
/// Development dependencies make no cycle.
final class Cycles {
  private final SortedMap<PackageId, List<PackageId>> edges;
  private final Map<PackageId, Package> locals;
  private final Resolution resolution;
  private final Map<PackageId, Set<PackageId>> transitive = new HashMap<>();
  private final Set<PackageId> checked = new HashSet<>();
  private final LinkedHashSet<PackageId> path = new LinkedHashSet<>();

  private Cycles(Resolution resolution, Map<PackageId, Package> locals) {
    this.edges = resolution.dependencies();
    this.resolution = resolution;
    this.locals = locals;
  }

  /// Looks at every package of a resolution; `locals` are those whose manifests are known.
  static void refuse(Resolution resolution, Map<PackageId, Package> locals) throws KilnException {
    var cycles = new Cycles(resolution, locals);
    for (var id : resolution.dependencies().keySet()) {
      cycles.visit(id);
    }
  }

  private void visit(PackageId id) throws KilnException {
    if (path.contains(id)) {
      throw new KilnException(
          "cyclic package dependency: package `"
              + shown(id)
              + "` depends on itself. Cycle:\n"
              + described(id));
    }
    if (!checked.add(id)) {
      return;
    }
    path.add(id);
    for (var target : edges.getOrDefault(id, List.of())) {
      if (isTransitive(id, target)) {
        visit(target);
      }
    }
    path.remove(id);
  }

  private boolean isTransitive(PackageId id, PackageId target) {
    var local = locals.get(id);
    return local == null
        || transitive.computeIfAbsent(id, _ -> targets(id, local)).contains(target);
  }

  private Set<PackageId> targets(PackageId id, Package local) {
    var targets = new HashSet<PackageId>();
    for (var dependency : local.dependencies()) {
      if (dependency.kind() != Dependency.Kind.DEV) {
        resolution.find(id, dependency).ifPresent(targets::add);
      }
    }
    return targets;
  }

  private @Nullable Dependency dependency(PackageId id, PackageId target) {
    var local = locals.get(id);
    if (local != null) {
      for (var dependency : local.dependencies()) {
        if (dependency.kind() != Dependency.Kind.DEV
            && resolution.find(id, dependency).filter(target::equals).isPresent()) {
          return dependency;
        }
      }
    }
    return null;
  }

  private String described(PackageId id) {
    var text = new StringBuilder("package `" + shown(id) + "`");
    var child = id;
    for (var parent : new ArrayList<>(path).reversed()) {
      var dependency = dependency(parent, child);
      text.append("\n    ... which satisfies ")
          .append(dependency == null ? "dependency `" + child.name() : named(dependency))
          .append("` of package `")
          .append(shown(parent))
          .append('`');
      child = parent;
    }
    return text.toString();
  }

  private static String named(Dependency dependency) {
    if (dependency.source().isPath()) {
      return "path dependency `" + dependency.name();
    }
    return dependency.source().isGit()
        ? "git dependency `" + dependency.name()
        : "dependency `" + dependency.name() + " = \"" + dependency.req() + "\"";
  }

  private String shown(PackageId id) {
    var local = locals.get(id);
    return local == null ? id.toString() : id + " (" + local.directory() + ")";
  }
}
