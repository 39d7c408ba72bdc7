package dev.kiln.lockfile;

import dev.kiln.KilnException;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// Refuses two packages with the same `links`, in the words of Cargo's resolver (Cargo:
/// resolver/errors.rs `activation_error`). Packages of registries, whose manifests are not known
/// yet, are left to the unit graph.
final class NativeLibraries {
  private NativeLibraries() {}

  /// Goes through the packages in the order in which members lead to them.
  static void refuse(Resolution resolution, List<Package> members, Map<PackageId, Package> locals)
      throws KilnException {
    var owners = new HashMap<String, PackageId>();
    var queue = new ArrayDeque<PackageId>();
    var seen = new HashSet<PackageId>();
    for (var member : members) {
      queue.add(member.id());
      seen.add(member.id());
      if (member.links() != null) {
        owners.putIfAbsent(member.links(), member.id());
      }
    }
    while (!queue.isEmpty()) {
      var from = queue.removeFirst();
      for (var id : resolution.dependencies().getOrDefault(from, List.of())) {
        var pkg = locals.get(id);
        if (!seen.add(id)) {
          continue;
        }
        queue.add(id);
        var links = pkg == null ? null : pkg.links();
        var owner = links == null ? null : owners.putIfAbsent(links, id);
        if (pkg != null && links != null && owner != null) {
          throw conflict(pkg, links, owner, from, locals);
        }
      }
    }
  }

  private static KilnException conflict(
      Package pkg, String links, PackageId owner, PackageId from, Map<PackageId, Package> locals) {
    var parent = locals.get(from);
    var requirement =
        parent == null
            ? "*"
            : parent.dependencies().stream()
                .filter(dependency -> dependency.accepts(pkg.id()))
                .map(dependency -> dependency.req().toString())
                .findFirst()
                .orElse("*");
    return new KilnException(
        "failed to select a version for `"
            + pkg.name()
            + "`.\n    ... required by package `"
            + from.described()
            + "`\nversions that meet the requirements `"
            + requirement
            + "` are: "
            + pkg.version()
            + "\n\npackage `"
            + pkg.name()
            + "` links to the native library `"
            + links
            + "`, but it conflicts with a previous package which links to `"
            + links
            + "` as well:\npackage `"
            + owner.described()
            + "`",
        "a program can have a native library once: see to it that one package alone has `links = \""
            + links
            + "\"`");
  }
}
