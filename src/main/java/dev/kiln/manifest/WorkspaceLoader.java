package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the members of a workspace and checks that they fit (Cargo: workspace.rs `find_root`,
/// `find_members`, `find_path_deps`, `validate`).
final class WorkspaceLoader {
  private final ManifestReader reader;
  private final RootFinder finder;
  private final Path current;
  private final Map<Path, ManifestReader.Manifest> manifests = new LinkedHashMap<>();
  private final List<Path> members = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<KilnException> faults = new ArrayList<>();

  WorkspaceLoader(ManifestReader reader, Path current) {
    this.reader = reader;
    this.finder = new RootFinder(reader);
    this.current = current;
  }

  Workspace load() throws KilnException {
    var currentFile = reader.file(current);
    reader.checkPackage(currentFile);
    var found = finder.findRoot(current);
    var root = found.orElse(current);
    var rootFile = root.equals(current) ? currentFile : reader.file(root);
    if (found.isPresent() && !rootFile.isWorkspaceRoot()) {
      throw new KilnException("root of a workspace inferred but wasn't a root: " + root);
    }
    var defaults = found.isPresent() ? findMembers(rootFile) : onlyCurrent();
    var rootPackage = rootFile.isPackage() ? manifest(root).pkg() : null;
    var settings =
        new RootReader(reader, rootFile, rootPackage, found.isPresent(), warnings).read();
    if (found.isPresent()) {
      new WorkspaceChecks(reader, finder, members, manifests).check(rootFile, current);
      new WorkspaceChecks(reader, finder, members, manifests)
          .warn(rootFile, settings.resolver(), notices);
    }
    var packages = members.stream().filter(manifests::containsKey).toList();
    addWarnings(found.isPresent());
    var memberPackages = packages.stream().map(path -> known(path).pkg()).toList();
    var overrides = new PathOverrides(reader, memberPackages).read();
    var locals = new LocalPackages(reader, memberPackages, overrides.packages(), settings);
    locals.collect();
    return new Workspace(
        root,
        current,
        currentFile.isPackage() ? manifest(current).pkg() : null,
        memberPackages,
        defaults.stream().filter(manifests::containsKey).map(path -> known(path).pkg()).toList(),
        locals.packages(),
        locals.broken(),
        overrides,
        settings,
        notices,
        warnings,
        faults);
  }

  private List<Path> onlyCurrent() throws KilnException {
    manifest(current);
    members.add(current);
    return List.of(current);
  }

  private ManifestReader.Manifest known(Path path) {
    var manifest = manifests.get(path);
    if (manifest == null) {
      throw new IllegalStateException("a member is read before it is used: " + path);
    }
    return manifest;
  }

  private ManifestReader.Manifest manifest(Path path) throws KilnException {
    var manifest = manifests.get(path);
    if (manifest == null) {
      var folder = path.getParent();
      manifest = reader.readManifest(path, SourceId.path(folder == null ? path : folder));
      manifests.put(path, manifest);
    }
    return manifest;
  }

  /// Returns the default members.
  private List<Path> findMembers(ManifestFile root) throws KilnException {
    var workspace = root.workspace();
    var listed = workspace == null ? null : workspace.strings("members");
    var defaults = workspace == null ? null : workspace.strings("default-members");
    var memberPaths = expand(root, listed);
    if (root.isPackage()) {
      manifest(root.path());
    } else {
      VirtualManifest.check(root);
      RootReader.checkVirtual(root, warnings);
    }
    for (var member : memberPaths) {
      try {
        addMember(member.path().resolve("Cargo.toml"), root, false);
      } catch (TomlError e) {
        throw e;
      } catch (KilnException e) {
        throw new KilnException(
            "failed to load manifest for workspace member `"
                + member.path()
                + "`\nreferenced"
                + (member.glob() == null ? "" : " via `" + member.glob() + "`")
                + " by workspace at `"
                + root.path()
                + "`",
            null,
            e);
      }
    }
    addMember(root.path(), root, false);
    if (defaults != null && root.path().equals(current)) {
      return defaultMembers(root, defaults, memberPaths);
    }
    return root.path().equals(current) && !root.isPackage() ? members : List.of(current);
  }

  private List<Path> defaultMembers(
      ManifestFile root, List<String> defaults, List<MemberPath> memberPaths) throws KilnException {
    var paths = new ArrayList<Path>();
    for (var member : expand(root, defaults)) {
      var folder = member.path().normalize();
      var manifest = folder.resolve("Cargo.toml");
      if (members.contains(manifest)) {
        paths.add(manifest);
        continue;
      }
      boolean excluded =
          memberPaths.stream().anyMatch(path -> path.path().equals(folder))
              && RootFinder.isExcluded(root, folder);
      if (!excluded) {
        throw new KilnException(
            "package `"
                + member.path()
                + "` is listed in default-members"
                + (member.glob() == null ? "" : " via `" + member.glob() + "`")
                + " but is not a member\nfor workspace at `"
                + root.path()
                + "`.");
      }
    }
    return paths;
  }

  /// A listed directory, and the glob that it comes from.
  private record MemberPath(Path path, @Nullable String glob) {}

  private static List<MemberPath> expand(ManifestFile root, @Nullable List<String> globs)
      throws KilnException {
    var paths = new ArrayList<MemberPath>();
    for (var glob : globs == null ? List.<String>of() : globs) {
      var base = root.directory();
      var expanded = MemberGlob.expand(base, glob);
      if (expanded.isEmpty()) {
        paths.add(new MemberPath(base.resolve(glob), null));
        continue;
      }
      boolean isGlob = expanded.size() > 1 || MemberGlob.isPattern(glob);
      for (var path : expanded) {
        if (Files.isDirectory(path)) {
          paths.add(new MemberPath(path, isGlob ? glob : null));
        }
      }
    }
    return paths;
  }

  private void addMember(Path given, ManifestFile root, boolean isPathDependency)
      throws KilnException {
    var path = given.normalize();
    if (members.contains(path)) {
      return;
    }
    if (isPathDependency && !path.startsWith(root.directory())) {
      manifest(path);
      var own = finder.findRoot(path);
      if (own.isEmpty() || !own.get().equals(root.path())) {
        return;
      }
    }
    if (RootFinder.isExcluded(root, path)) {
      if (isPathDependency) {
        reader.file(path);
      }
      return;
    }
    members.add(path);
    var file = reader.file(path);
    if (!file.isPackage()) {
      if (!file.isWorkspaceRoot()) {
        manifest(path);
      }
      return;
    }
    var pkg = manifest(path).pkg();
    for (var dependency : pkg.dependencies()) {
      if (!dependency.source().isPath()) {
        continue;
      }
      var folder = LocalPackages.directory(pkg, dependency);
      try {
        addMember(folder.resolve("Cargo.toml"), root, true);
      } catch (TomlError e) {
        throw e;
      } catch (KilnException e) {
        throw new KilnException(
            "failed to load manifest for dependency `" + dependency.name() + "`", null, e);
      }
    }
  }

  /// A manifest's own warnings name it only where there is a `[workspace]`, as in Cargo.
  private void addWarnings(boolean named) {
    for (var entry : manifests.entrySet()) {
      for (var error : entry.getValue().errors()) {
        faults.add(ManifestReader.failedToParse(entry.getKey(), new KilnException(error)));
      }
      for (var warning : entry.getValue().warnings()) {
        warnings.add(named ? entry.getKey() + ": " + warning : warning);
      }
    }
  }
}
