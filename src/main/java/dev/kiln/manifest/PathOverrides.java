package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the packages that the configuration's `paths` put in the place of others: all below each
/// folder, and what they depend on by path, with the folder for their source (Cargo:
/// sources/path.rs `read_packages`).
final class PathOverrides {
  private final ManifestReader reader;
  private final List<Package> members;
  private final List<Package> packages = new ArrayList<>();
  private final Set<Path> visited = new HashSet<>();
  private @Nullable KilnException fault;

  PathOverrides(ManifestReader reader, List<Package> members) {
    this.reader = reader;
    this.members = members;
  }

  Workspace.Overrides read() throws KilnException {
    var all = new ArrayList<Package>();
    for (var path : reader.config().paths()) {
      var folder = reader.config().resolve(path).normalize();
      if (members.stream().anyMatch(member -> member.directory().equals(folder))) {
        continue; // a member is what it is already
      }
      packages.clear();
      visited.clear();
      fault = null;
      try {
        walk(folder, folder, SourceId.path(folder));
        if (packages.isEmpty()) {
          throw fault != null
              ? fault
              : new KilnException("could not find `Cargo.toml` in `" + folder + "`");
        }
      } catch (KilnException e) {
        var failure =
            new KilnException(
                "failed to update path override `"
                    + folder
                    + "` (defined in `"
                    + path.definition()
                    + "`)",
                null,
                e);
        return new Workspace.Overrides(all, failure);
      }
      all.addAll(packages);
    }
    return new Workspace.Overrides(all, null);
  }

  private void walk(Path root, Path folder, SourceId source) throws KilnException {
    boolean isLeftOut =
        !folder.equals(root)
            && (name(folder).startsWith(".") || Files.exists(folder.resolve(".git")));
    if (isLeftOut || (name(folder).equals("target") && hasManifest(folder.resolveSibling("")))) {
      return;
    }
    if (hasManifest(folder)) {
      add(folder, source);
    }
    List<Path> below;
    try (var entries = Files.list(folder)) {
      below =
          entries
              .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
              .sorted()
              .toList();
    } catch (NoSuchFileException e) {
      throw new KilnException(
          "failed to read directory `" + folder + "`",
          null,
          new KilnException("No such file or directory (os error 2)", null, e));
    } catch (IOException e) {
      throw new KilnException("failed to read directory `" + folder + "`", null, e);
    }
    for (var path : below) {
      walk(root, path, source);
    }
  }

  private void add(Path folder, SourceId source) {
    if (!visited.add(folder)) {
      return;
    }
    Package pkg;
    try {
      var manifest = folder.resolve("Cargo.toml");
      if (!reader.file(manifest).isPackage()) {
        return;
      }
      pkg = reader.read(manifest, source);
    } catch (KilnException e) {
      fault = e;
      return;
    }
    packages.add(pkg);
    for (var dependency : pkg.dependencies()) {
      if (dependency.source().isPath()) {
        add(LocalPackages.directory(pkg, dependency).normalize(), source);
      }
    }
  }

  private static boolean hasManifest(Path folder) {
    return Files.isRegularFile(folder.resolve("Cargo.toml"));
  }

  private static String name(Path folder) {
    var name = folder.getFileName();
    return name == null ? "" : name.toString();
  }
}
