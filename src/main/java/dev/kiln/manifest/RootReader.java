package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads what only the root's manifest decides: resolver, profiles, `[patch]`, `[replace]`.
final class RootReader {
  private final ManifestReader reader;
  private final ManifestFile file;
  private final @Nullable Package rootPackage;
  private final boolean hasRoot;
  private final List<String> warnings;

  RootReader(
      ManifestReader reader,
      ManifestFile file,
      @Nullable Package rootPackage,
      boolean hasRoot,
      List<String> warnings) {
    this.reader = reader;
    this.file = file;
    this.rootPackage = rootPackage;
    this.hasRoot = hasRoot;
    this.warnings = warnings;
  }

  Workspace.Root read() throws KilnException {
    var root = ofManifest();
    return root.withPatches(ConfigPatches.over(root.patches(), reader.config(), this::patchedUrl));
  }

  private Workspace.Root ofManifest() throws KilnException {
    try {
      var workspace = file.workspace();
      var metadata = workspace == null ? null : workspace.value("metadata");
      var own = new ArrayList<String>();
      var root =
          new Workspace.Root(
              hasRoot,
              rootPackage == null,
              resolver(workspace),
              profiles(own),
              patches(own),
              replacements(own),
              metadata == null ? null : metadata.toJson());
      if (rootPackage == null) {
        // a package's own were said when it was read
        UnusedKeys.inManifest(file.root(), own);
        own.forEach(warning -> warnings.add(hasRoot ? file.path() + ": " + warning : warning));
      }
      return root;
    } catch (KilnException e) {
      throw ManifestReader.failedToParse(file.path(), e);
    }
  }

  /// Checks the same parts in a member, where they have no effect but must be right.
  void check(List<String> own) throws KilnException {
    var workspace = file.workspace();
    if (workspace != null) {
      checkInheritable(workspace, own);
    }
    resolver(workspace);
    profiles(own);
    patches(own);
    replacements(own);
  }

  /// Checks what members of a virtual root may inherit, before any is read.
  static void checkVirtual(ManifestFile root, List<String> warnings) throws KilnException {
    try {
      var workspace = root.workspace();
      if (workspace != null) {
        var own = new ArrayList<String>();
        checkInheritable(workspace, own);
        own.forEach(warning -> warnings.add(root.path() + ": " + warning));
      }
    } catch (KilnException e) {
      throw ManifestReader.failedToParse(root.path(), e);
    }
  }

  private static void checkInheritable(TomlTable workspace, List<String> warnings)
      throws KilnException {
    var lints = workspace.table("lints");
    if (lints != null) {
      Lints.toFlags(lints, warnings);
    }
    var dependencies = workspace.table("dependencies");
    if (dependencies != null) {
      DependencyReader.checkWorkspace(dependencies);
    }
    var fields = workspace.table("package");
    if (fields != null) {
      InheritableFields.check(fields);
    }
  }

  private int resolver(@Nullable TomlTable workspace) throws KilnException {
    var packageTable = file.packageTable();
    var ofPackage = packageTable == null ? null : packageTable.string("resolver");
    var ofWorkspace = workspace == null ? null : workspace.string("resolver");
    if (ofPackage != null && ofWorkspace != null) {
      throw new KilnException(
          "cannot specify `resolver` field in both `[workspace]` and `[package]`");
    }
    var given = ofWorkspace != null ? ofWorkspace : ofPackage;
    if (given != null) {
      return switch (given) {
        case "1" -> 1;
        case "2" -> 2;
        case "3" -> 3;
        default ->
            throw new KilnException(
                "`resolver` setting `"
                    + given
                    + "` is not valid, valid options are \"1\", \"2\" or \"3\"");
      };
    }
    if (rootPackage == null) {
      return 1;
    }
    return switch (rootPackage.edition()) {
      case "2015", "2018" -> 1;
      case "2021" -> 2;
      default -> 3;
    };
  }

  private SortedMap<String, TomlProfile> profiles(List<String> own) throws KilnException {
    var profiles = new TreeMap<String, TomlProfile>();
    var table = file.root().table("profile");
    if (table != null) {
      for (var entry : DependencyReader.sorted(table).entrySet()) {
        var fault = Names.profileNameFault(entry.getKey());
        if (fault != null) {
          throw entry.getValue().failure(fault);
        }
        profiles.put(
            entry.getKey(),
            TomlProfile.of(entry.getKey(), entry.getValue().table("struct TomlProfile"), own));
      }
    }
    return profiles;
  }

  private DependencyReader dependencies(List<String> own) {
    return new DependencyReader(
        rootPackage == null ? "" : rootPackage.name(),
        file.directory(),
        SourceId.path(file.directory()),
        rootPackage == null ? "2015" : rootPackage.edition(),
        () -> Inheritance.of(file),
        reader.config(),
        own);
  }

  private SortedMap<String, List<Dependency>> patches(List<String> own) throws KilnException {
    var patches = new TreeMap<String, List<Dependency>>();
    var table = file.root().table("patch");
    if (table != null) {
      for (var entry : DependencyReader.sorted(table).entrySet()) {
        var patched = new ArrayList<Dependency>();
        for (var item : DependencyReader.sorted(entry.getValue().table()).entrySet()) {
          patched.add(dependencies(own).own(item.getKey(), item.getValue()));
        }
        patches.put(patchedUrl(entry.getKey()), patched);
      }
    }
    return patches;
  }

  private String patchedUrl(String key) throws KilnException {
    if (key.equals("crates-io")) {
      return SourceId.CRATES_IO.url();
    }
    if (reader.config().string("registries", key, "index") != null) {
      return reader.config().registry(key).url();
    }
    if (!key.contains(":")) {
      throw new KilnException(
          "[patch] entry `" + key + "` should be a URL or registry name",
          null,
          new KilnException("invalid url `" + key + "`: relative URL without a base"));
    }
    return key;
  }

  private List<Workspace.Replacement> replacements(List<String> own) throws KilnException {
    var replacements = new ArrayList<Workspace.Replacement>();
    var table = file.root().table("replace");
    if (table == null) {
      return replacements;
    }
    if (file.root().has("patch")) {
      throw new KilnException("cannot specify both [replace] and [patch]");
    }
    for (var entry : table.entries()) {
      var spec = entry.getKey();
      int hash = spec.lastIndexOf('#');
      var rest = spec.substring(hash + 1);
      int split = Math.max(rest.lastIndexOf(':'), rest.lastIndexOf('@'));
      if (split < 0) {
        throw new KilnException(
            "replacements must specify a version to replace, but `" + spec + "` does not");
      }
      var name = rest.substring(0, split);
      Version version;
      try {
        version = Version.parse(rest.substring(split + 1));
      } catch (KilnException e) {
        throw new KilnException(
            "replacements must specify a valid semver version to replace, but `"
                + spec
                + "` does not",
            null,
            e);
      }
      if (entry.getValue().isString() || entry.getValue().table().has("version")) {
        throw new KilnException(
            "replacements cannot specify a version requirement, but found one for `" + spec + "`");
      }
      var with = dependencies(own).own(name, entry.getValue());
      var url = hash < 0 ? SourceId.CRATES_IO.url() : spec.substring(0, hash);
      replacements.add(new Workspace.Replacement(name, version, url, with));
    }
    return replacements;
  }
}
