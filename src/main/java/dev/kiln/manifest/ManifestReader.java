package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlError;
import dev.kiln.toml.TomlReader;
import dev.kiln.toml.TomlTable;
import dev.kiln.toml.TomlValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Turns a Cargo.toml into a package: inheritance applied, targets discovered, features and lints
/// worked out (Cargo: `read_manifest`, `normalize_toml`, `to_real_manifest`).
///
/// Files once read are remembered, since a root is asked by each of its members. Safe for many
/// threads.
public final class ManifestReader {
  private final CargoConfig config;
  private final TomlReader toml;
  private final Map<Path, ManifestFile> files = new ConcurrentHashMap<>();
  private final Map<Read, Manifest> manifests = new ConcurrentHashMap<>();

  public ManifestReader(CargoConfig config, TomlReader toml) {
    this.config = config;
    this.toml = toml;
  }

  /// A package with what Cargo would warn of, and the errors that only matter in a member.
  record Manifest(Package pkg, List<String> warnings, List<String> errors) {}

  /// Reads a package that is not a member: unpacked, vendored, in a checkout, or a path dependency.
  public Package read(Path manifestPath, SourceId source) throws KilnException {
    return readManifest(manifestPath, source).pkg();
  }

  /// Returns the file, read once.
  ManifestFile file(Path manifestPath) throws KilnException {
    var known = files.get(manifestPath);
    if (known == null) {
      known = ManifestFile.read(toml, manifestPath);
      files.put(manifestPath, known);
    }
    return known;
  }

  CargoConfig config() {
    return config;
  }

  /// What is read once: an override's manifest may be there by two sources.
  private record Read(Path manifest, SourceId source) {}

  Manifest readManifest(Path manifestPath, SourceId source) throws KilnException {
    var key = new Read(manifestPath, source);
    var known = manifests.get(key);
    if (known != null) {
      return known;
    }
    var file = file(manifestPath);
    try {
      var manifest = read(file, source);
      manifests.put(key, manifest);
      return manifest;
    } catch (KilnException e) {
      throw failedToParse(manifestPath, e);
    }
  }

  /// Reads the package of a file that lies on the way to a workspace's root, so that a broken one
  /// is an error, as in Cargo.
  void checkPackage(ManifestFile file) throws KilnException {
    if (file.isPackage()) {
      readManifest(file.path(), SourceId.path(file.directory()));
    }
  }

  static KilnException failedToParse(Path manifestPath, KilnException cause) {
    return cause instanceof TomlError
        ? cause
        : new KilnException("failed to parse manifest at `" + manifestPath + "`", null, cause);
  }

  private Inheritance inheritance(ManifestFile file) throws KilnException {
    if (file.isWorkspaceRoot()) {
      return Inheritance.of(file);
    }
    Optional<Path> root = new RootFinder(this).findRoot(file.path());
    if (root.isEmpty()) {
      throw new KilnException("failed to find a workspace root");
    }
    return Inheritance.of(file(root.get()));
  }

  private Manifest read(ManifestFile file, SourceId source) throws KilnException {
    var root = file.root();
    var warnings = new ArrayList<String>();
    var errors = new ArrayList<String>();
    CargoFeatures.check(root, warnings);
    var table = packageTable(file, warnings);
    Inheritance.Finder finder = () -> inheritance(file);
    var fields = new PackageFields(file.directory(), table, finder);
    var nameValue = table.value("name");
    if (nameValue == null) {
      // a value of the wrong type is found before a key that is not there
      version(fields);
      about(fields, null);
      publish(fields.value("publish"), NO_VERSION);
      throw new KilnException("missing field `package.name`");
    }
    var name = nameValue.string();
    if (name.contains("::")) {
      throw UnstableKeys.required("open-namespaces");
    }
    var fault = Names.packageNameFault(name);
    if (fault != null) {
      throw nameValue.failure(fault);
    }
    UnstableKeys.check(table);
    fields.strings("include");
    fields.strings("exclude");
    var rustVersion = Editions.rustVersion(fields);
    var edition = Editions.of(fields, rustVersion, warnings);
    if (edition.compareTo("2024") >= 0 && root.has("project")) {
      throw new KilnException(
          "`[project]` is not supported as of the 2024 Edition, please use `[package]`");
    }
    var version = version(fields);
    var id = new PackageId(name, version == null ? NO_VERSION : version, source);
    var dependencies =
        new DependencyReader(name, file.directory(), source, edition, finder, config, warnings)
            .read(root);
    var features = FeatureMap.of(featureTexts(root), dependencies, root.table("features"));
    if (features.containsKey("default-features")) {
      warnings.add(
          "`[features]` defines a feature named `default-features`\n"
              + "note: only a feature named `default` will be enabled by default");
    }
    var targets =
        new TargetDiscovery(file.directory(), name, edition, table, root, warnings, errors)
            .discover();
    var links = table.string("links");
    if (links != null && targets.stream().noneMatch(Target::isBuildScript)) {
      throw new KilnException(
          "package specifies that it links to `"
              + links
              + "` but does not have a custom build script");
    }
    checkBadges(root.table("badges"));
    if (source.isPath() && table.has("license") && table.has("license-file")) {
      warnings.add("only one of `license` or `license-file` is necessary");
    }
    var settings = settings(file, table, fields, version, finder, warnings);
    checkDefaultRun(settings.defaultRun(), targets);
    var pkg =
        new Package(
            id,
            file.directory(),
            edition,
            links,
            dependencies,
            features,
            targets,
            about(fields, rustVersion),
            settings);
    if (source.isPath()) {
      new RootReader(this, file, pkg, false, new ArrayList<>()).check(warnings);
      UnusedKeys.inManifest(root, warnings);
    }
    return new Manifest(pkg, List.copyOf(warnings), List.copyOf(errors));
  }

  private static final Version NO_VERSION = new Version(0, 0, 0, "", "");

  private static TomlTable packageTable(ManifestFile file, List<String> warnings)
      throws KilnException {
    var table = file.packageTable();
    if (table == null) {
      throw new KilnException(
          file.isWorkspaceRoot()
              ? "expected a package but found a virtual manifest"
              : "manifest is missing either a `[package]` or a `[workspace]`");
    }
    if (file.root().has("project")) {
      warnings.add("`[project]` is deprecated in favor of `[package]`");
    }
    return table;
  }

  private static @Nullable Version version(PackageFields fields) throws KilnException {
    var value = fields.value("version");
    if (value == null) {
      return null;
    }
    var text = value.string("SemVer version");
    try {
      return Version.parse(text.strip());
    } catch (KilnException e) {
      throw value.failure(VersionFault.of(text.strip()));
    }
  }

  private static SortedMap<String, List<String>> featureTexts(TomlTable root) throws KilnException {
    var texts = new TreeMap<String, List<String>>();
    var table = root.table("features");
    if (table == null) {
      return texts;
    }
    for (var entry : table.entries()) {
      var fault = Names.featureNameFault(entry.getKey());
      if (fault != null) {
        throw entry.getValue().failure(fault);
      }
      texts.put(entry.getKey(), entry.getValue().strings());
    }
    return texts;
  }

  private static Package.About about(PackageFields fields, @Nullable String rustVersion)
      throws KilnException {
    return new Package.About(
        orEmpty(fields.strings("authors")),
        fields.string("description"),
        fields.string("homepage"),
        fields.string("repository"),
        fields.string("documentation"),
        fields.string("license"),
        fields.path("license-file"),
        fields.readme(),
        rustVersion,
        orEmpty(fields.strings("keywords")),
        orEmpty(fields.strings("categories")));
  }

  private static List<String> orEmpty(@Nullable List<String> strings) {
    return strings == null ? List.of() : strings;
  }

  private Package.Settings settings(
      ManifestFile file,
      TomlTable table,
      PackageFields fields,
      @Nullable Version version,
      Inheritance.Finder finder,
      List<String> warnings)
      throws KilnException {
    var lints = lints(lintsTable(file.root()), finder, warnings);
    var metadata = fields.value("metadata");
    return new Package.Settings(
        lints,
        lints,
        table.string("default-run"),
        publish(fields.value("publish"), version),
        metadata == null ? null : metadata.toJson(),
        mostlyUnused(file.root().table("hints")));
  }

  private static @Nullable String mostlyUnused(@Nullable TomlTable hints) throws KilnException {
    var value = hints == null ? null : hints.value("mostly-unused");
    return value != null ? value.toJson() : hints == null ? null : "null";
  }

  private static void checkBadges(@Nullable TomlTable badges) throws KilnException {
    if (badges != null) {
      for (var badge : badges.entries()) {
        badge.getValue().table();
      }
    }
  }

  private static @Nullable TomlTable lintsTable(TomlTable root) throws KilnException {
    var value = root.value("lints");
    return value == null ? null : value.table("a lints table");
  }

  private static @Nullable List<String> publish(
      @Nullable TomlValue value, @Nullable Version version) throws KilnException {
    if (value == null) {
      return version == null ? List.of() : null;
    }
    if (value.isBool()) {
      if (value.bool() && version == null) {
        throw new KilnException("`package.publish` requires `package.version` be specified");
      }
      return value.bool() ? null : List.of();
    }
    var registries = value.strings("a boolean, a vector of strings, or workspace");
    if (version == null && !registries.isEmpty()) {
      throw new KilnException("`package.publish` requires `package.version` be specified");
    }
    return registries;
  }

  private static List<String> lints(
      @Nullable TomlTable lints, Inheritance.Finder finder, List<String> warnings)
      throws KilnException {
    if (lints == null) {
      return List.of();
    }
    var workspace = lints.value("workspace");
    if (workspace == null || !workspace.isBool()) {
      return Lints.toFlags(lints, warnings);
    }
    if (!workspace.bool()) {
      throw workspace.failure("`workspace` cannot be false");
    }
    if (lints.keys().size() > 1) {
      throw new KilnException(
          "cannot override `workspace.lints` in `lints`, either remove the overrides or"
              + " `lints.workspace = true` and manually specify the lints");
    }
    try {
      return Lints.toFlags(finder.find().lints(), warnings);
    } catch (KilnException e) {
      throw new KilnException(
          "error inheriting `lints` from workspace root manifest's `workspace.lints`", null, e);
    }
  }

  private static void checkDefaultRun(@Nullable String name, List<Target> targets)
      throws KilnException {
    if (name == null) {
      return;
    }
    var bins = targets.stream().filter(Target::isBin).map(Target::name).toList();
    if (!bins.contains(name)) {
      throw new KilnException(
          "default-run target `" + name + "` not found",
          Nearest.to(name, bins)
              .map(near -> "a target with a similar name exists: `" + near + "`")
              .orElse(null));
    }
  }

  /// Returns the value of a key that once was spelled with an underscore: warned of before edition
  /// 2024, an error from then on; the dashed one wins. `name` and `kind` say whose key it is.
  static @Nullable TomlValue renamed(
      TomlTable table,
      String key,
      @Nullable String oldKey,
      String name,
      String kind,
      String edition,
      List<String> warnings)
      throws KilnException {
    var value = table.value(key);
    var old = oldKey == null ? null : table.value(oldKey);
    if (old == null) {
      return value;
    }
    var where = "the `" + name + "` " + kind;
    if (edition.compareTo("2024") >= 0) {
      throw new KilnException(
          "`"
              + oldKey
              + "` is unsupported as of the 2024 edition; instead use `"
              + key
              + "`\n(in "
              + where
              + ")");
    }
    if (value != null) {
      warnings.add(
          "`" + oldKey + "` is redundant with `" + key + "`, preferring `" + key + "` in " + where);
      return value;
    }
    warnings.add(
        "`"
            + oldKey
            + "` is deprecated in favor of `"
            + key
            + "` and will not work in the 2024 edition\n(in "
            + where
            + ")");
    return old;
  }
}
