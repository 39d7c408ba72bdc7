package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A workspace as Cargo sees it from one manifest: its root, members in Cargo's order, and what
/// only a root says. A package without `[workspace]` is a workspace of its own.
///
/// `current` is the package of the manifest that the user pointed at, null for a virtual one.
/// `pathPackages` are the path packages outside the members that anything in the workspace may lead
/// to: dependencies of every kind, transitively, patches and replacements; `brokenPaths` those of
/// them that cannot be read, which matters only to who needs them. `notices` are warnings whenever
/// the workspace is opened, `warnings` where something is to be built; `faults` are errors that
/// Cargo reports only where something is to be built.
public record Workspace(
    Path rootManifest,
    Path currentManifest,
    @Nullable Package current,
    List<Package> members,
    List<Package> defaultMembers,
    SortedMap<SourceId, Package> pathPackages,
    Map<SourceId, KilnException> brokenPaths,
    Overrides overrides,
    Root settings,
    List<String> notices,
    List<String> warnings,
    List<KilnException> faults) {

  /// What the root's manifest alone decides. `hasRoot` says that there is a `[workspace]`;
  /// `patches` go by the URL that they patch.
  public record Root(
      boolean hasRoot,
      boolean isVirtual,
      int resolver,
      SortedMap<String, TomlProfile> profiles,
      SortedMap<String, List<Dependency>> patches,
      List<Replacement> replacements,
      @Nullable String metadataJson) {
    public Root {
      profiles = Collections.unmodifiableSortedMap(new TreeMap<>(profiles));
      patches = Collections.unmodifiableSortedMap(new TreeMap<>(patches));
      replacements = List.copyOf(replacements);
    }

    Root withPatches(SortedMap<String, List<Dependency>> other) {
      return new Root(hasRoot, isVirtual, resolver, profiles, other, replacements, metadataJson);
    }
  }

  /// One entry of `[replace]`: the package that it stands for, and what is put there.
  public record Replacement(String name, Version version, String url, Dependency with) {
    /// Returns the entry's key in full.
    public String spec() {
      return url + "#" + name + "@" + version;
    }
  }

  /// What the configuration's `paths` put in the place of other packages, or why that cannot be
  /// read, which matters once packages are looked for.
  public record Overrides(List<Package> packages, @Nullable KilnException fault) {
    public Overrides {
      packages = List.copyOf(packages);
    }
  }

  public Workspace {
    members = List.copyOf(members);
    defaultMembers = List.copyOf(defaultMembers);
    pathPackages = Collections.unmodifiableSortedMap(new TreeMap<>(pathPackages));
    brokenPaths = Map.copyOf(brokenPaths);
    notices = List.copyOf(notices);
    warnings = List.copyOf(warnings);
    faults = List.copyOf(faults);
  }

  /// Loads the workspace of a Cargo.toml given by its absolute path.
  public static Workspace load(ManifestReader reader, Path manifest) throws KilnException {
    return new WorkspaceLoader(reader, manifest.normalize()).load();
  }

  /// Finds the manifest of the root, and says what is wrong with those on the way to it.
  public static Path findRoot(ManifestReader reader, Path manifest) throws KilnException {
    reader.checkPackage(reader.file(manifest.normalize()));
    return new RootFinder(reader).findRoot(manifest.normalize()).orElse(manifest);
  }

  /// Searches a Cargo.toml from a directory upwards.
  public static Path findManifest(Path cwd) throws KilnException {
    for (Path at = cwd; at != null; at = at.getParent()) {
      var manifest = at.resolve("Cargo.toml");
      if (Files.exists(manifest)) {
        return manifest;
      }
      if (Files.exists(at.resolve("cargo.toml"))) {
        throw new KilnException(
            "could not find `Cargo.toml` in `"
                + cwd
                + "` or any parent directory, but found cargo.toml please try to rename it to"
                + " Cargo.toml");
      }
    }
    throw new KilnException("could not find `Cargo.toml` in `" + cwd + "` or any parent directory");
  }

  /// Returns the file that `--manifest-path` names; messages name it as it was given (Cargo:
  /// `root_manifest`).
  public static Path checkManifest(Path cwd, String given) throws KilnException {
    var manifest = cwd.resolve(given).normalize();
    if (!Files.exists(manifest)) {
      throw new KilnException("manifest path `" + given + "` does not exist");
    }
    if (Files.isDirectory(manifest)) {
      var inside = manifest.resolve("Cargo.toml");
      throw new KilnException(
          "manifest path `" + given + "` is a directory but expected a file",
          Files.exists(inside) ? inside + " exists" : null);
    }
    if (!manifest.endsWith("Cargo.toml")) {
      throw new KilnException(
          "the manifest-path must be a path to a Cargo.toml file: `" + given + "`");
    }
    return manifest;
  }

  /// Fails where Cargo would before it builds anything.
  public void requireSound() throws KilnException {
    if (!faults.isEmpty()) {
      throw faults.getFirst();
    }
  }

  /// Returns the directory of the root's manifest, where Cargo.lock lies.
  public Path root() {
    var parent = rootManifest.getParent();
    return parent == null ? rootManifest : parent;
  }

  public Path lockfile() {
    return root().resolve("Cargo.lock");
  }

  public int resolver() {
    return settings.resolver();
  }

  public boolean isVirtual() {
    return settings.isVirtual();
  }

  public boolean isMember(PackageId id) {
    return members.stream().anyMatch(member -> member.id().equals(id));
  }

  /// Returns every path package that is known: members, the others, then overrides.
  public Stream<Package> localPackages() {
    return Stream.of(members, pathPackages.values(), overrides.packages())
        .flatMap(Collection::stream);
  }
}
