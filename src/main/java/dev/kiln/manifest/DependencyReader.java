package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlError;
import dev.kiln.toml.TomlTable;
import dev.kiln.toml.TomlValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The dependency tables of one manifest (Cargo: `normalize_dependencies`, `to_dependency`), in the
/// order that Cargo's resolver sees: normal, dev, build, then each target's normal, build, dev;
/// inside a table by key.
final class DependencyReader {
  private static final String DETAILED =
      "a version string like \"0.9.8\" or a detailed dependency like { version = \"0.9.8\" }";

  private final String packageName;
  private final Path directory;
  private final SourceId source;
  private final String edition;
  private final Inheritance.Finder finder;
  private final CargoConfig config;
  private final List<String> warnings;
  private final List<Dependency> dependencies = new ArrayList<>();

  DependencyReader(
      String packageName,
      Path directory,
      SourceId source,
      String edition,
      Inheritance.Finder finder,
      CargoConfig config,
      List<String> warnings) {
    this.packageName = packageName;
    this.directory = directory;
    this.source = source;
    this.edition = edition;
    this.finder = finder;
    this.config = config;
    this.warnings = warnings;
  }

  List<Dependency> read(TomlTable root) throws KilnException {
    readTable(root, Dependency.Kind.NORMAL, null, "dependencies", null);
    readTable(root, Dependency.Kind.DEV, null, "dev-dependencies", "dev_dependencies");
    readTable(root, Dependency.Kind.BUILD, null, "build-dependencies", "build_dependencies");
    var targets = root.table("target");
    if (targets != null) {
      for (var entry : sorted(targets).entrySet()) {
        var platform = platform(entry.getKey());
        var table = entry.getValue().table("struct TomlPlatform");
        readTable(table, Dependency.Kind.NORMAL, platform, "dependencies", null);
        readTable(
            table, Dependency.Kind.BUILD, platform, "build-dependencies", "build_dependencies");
        readTable(table, Dependency.Kind.DEV, platform, "dev-dependencies", "dev_dependencies");
      }
    }
    checkSources();
    return dependencies;
  }

  /// All tables must mean one source by one key.
  private void checkSources() throws KilnException {
    var sources = new TreeMap<String, SourceId>();
    for (var dependency : dependencies) {
      var other = sources.putIfAbsent(dependency.key(), dependency.source());
      if (other != null && !other.equals(dependency.source())) {
        throw new KilnException(
            "Dependency '"
                + dependency.key()
                + "' has different source paths depending on the build target. Each dependency"
                + " must have a single canonical source path irrespective of build target.");
      }
    }
  }

  private Platform platform(String key) throws KilnException {
    try {
      var platform = Platform.parse(key);
      if (platform instanceof Platform.Predicate(var expr, _)) {
        PlatformWarnings.of(expr, warnings);
      }
      return platform;
    } catch (KilnException e) {
      throw new KilnException(
          "failed to parse `" + key + "` as a cfg expression: " + e.getMessage(), null, e);
    }
  }

  private void readTable(
      TomlTable root,
      Dependency.Kind kind,
      @Nullable Platform platform,
      String key,
      @Nullable String oldKey)
      throws KilnException {
    var value =
        platform == null
            ? ManifestReader.renamed(root, key, oldKey, packageName, "package", edition, warnings)
            : ManifestReader.renamed(
                root, key, oldKey, platform.toString(), "platform target", edition, warnings);
    if (value == null) {
      return;
    }
    for (var entry : sorted(value.table()).entrySet()) {
      dependencies.add(dependency(entry.getKey(), entry.getValue(), kind, platform));
    }
  }

  /// Checks `[workspace.dependencies]` of a root.
  static void checkWorkspace(TomlTable table) throws KilnException {
    for (var entry : sorted(table).entrySet()) {
      if (entry.getValue().isString()) {
        continue;
      }
      var detail = entry.getValue().table(DETAILED);
      if (Boolean.TRUE.equals(detail.bool("optional"))) {
        throw new KilnException(
            entry.getKey() + " is optional, but workspace dependencies cannot be optional");
      }
    }
  }

  static SortedMap<String, TomlValue> sorted(TomlTable table) {
    var sorted = new TreeMap<String, TomlValue>();
    table.entries().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }

  /// Reads an entry of `[patch]` or `[replace]`, which inherits nothing.
  Dependency own(String key, TomlValue value) throws KilnException {
    var fault = Names.packageNameFault(key);
    if (fault != null) {
      throw value.failure(fault);
    }
    return value.isString()
        ? plain(key, value, Dependency.Kind.NORMAL, null)
        : detailed(
            new Detail(key, value.table(DETAILED), null, directory), Dependency.Kind.NORMAL, null);
  }

  private Dependency plain(
      String key, TomlValue value, Dependency.Kind kind, @Nullable Platform platform)
      throws KilnException {
    return new Dependency(
        key,
        key,
        req(key, value.string()),
        config.cratesIo(),
        kind,
        platform,
        false,
        true,
        List.of(),
        Dependency.Extras.NONE);
  }

  /// Reads one entry of a table.
  private Dependency dependency(
      String key, TomlValue value, Dependency.Kind kind, @Nullable Platform platform)
      throws KilnException {
    var fault = Names.packageNameFault(key);
    if (fault != null) {
      throw value.failure(fault);
    }
    if (value.isString()) {
      return plain(key, value, kind, platform);
    }
    var detail = value.table(DETAILED);
    var inherits = detail.value("workspace");
    if (inherits == null || !inherits.isBool()) {
      return detailed(new Detail(key, detail, null, directory), kind, platform);
    }
    if (!inherits.bool()) {
      throw inherits.failure("`workspace` cannot be false");
    }
    try {
      var inheritance = finder.find();
      return inherited(
          key, detail, inheritance.dependency(key), inheritance.directory(), kind, platform);
    } catch (TomlError e) {
      throw e;
    } catch (KilnException e) {
      throw new KilnException(
          "error inheriting `"
              + key
              + "` from workspace root manifest's `workspace.dependencies."
              + key
              + "`",
          null,
          e);
    }
  }

  /// One dependency's table, and the member's own table where the first is the workspace's.
  private record Detail(String key, TomlTable table, @Nullable TomlTable member, Path base) {
    boolean optional() throws KilnException {
      return Boolean.TRUE.equals((member == null ? table : member).bool("optional"));
    }

    @Nullable Boolean defaultFeatures() throws KilnException {
      return defaultFeatures(table);
    }

    static @Nullable Boolean defaultFeatures(TomlTable table) throws KilnException {
      var value = table.bool("default-features");
      return value == null ? table.bool("default_features") : value;
    }
  }

  private Dependency inherited(
      String key,
      TomlTable member,
      TomlValue workspace,
      Path base,
      Dependency.Kind kind,
      @Nullable Platform platform)
      throws KilnException {
    var own = Detail.defaultFeatures(member);
    if (workspace.isString()) {
      checkDefaultFeatures(key, own, null);
      return new Dependency(
          key,
          key,
          req(key, workspace.string()),
          config.cratesIo(),
          kind,
          platform,
          Boolean.TRUE.equals(member.bool("optional")),
          true,
          features(key, member),
          Dependency.Extras.NONE);
    }
    var detail = workspace.table(DETAILED);
    if (detail.has("optional") && Boolean.TRUE.equals(detail.bool("optional"))) {
      throw new KilnException(key + " is optional, but workspace dependencies cannot be optional");
    }
    checkDefaultFeatures(key, own, Detail.defaultFeatures(detail));
    return detailed(new Detail(key, detail, member, base), kind, platform);
  }

  /// A member that turns default features off where the workspace has them on is told that this
  /// does nothing, from edition 2024 on that it is an error.
  private void checkDefaultFeatures(
      String key, @Nullable Boolean member, @Nullable Boolean workspace) throws KilnException {
    if (!Boolean.FALSE.equals(member) || Boolean.FALSE.equals(workspace)) {
      return;
    }
    var state = workspace == null ? "not specified" : "true";
    if (edition.compareTo("2024") >= 0) {
      throw new KilnException(
          "`default-features = false` cannot override workspace's `default-features`");
    }
    warnings.add(
        "`default-features` is ignored for "
            + key
            + ", since `default-features` was "
            + state
            + " for `workspace.dependencies."
            + key
            + "`, this could become a hard error in the future");
  }

  private Dependency detailed(Detail detail, Dependency.Kind kind, @Nullable Platform platform)
      throws KilnException {
    var key = detail.key();
    var table = detail.table();
    var version = table.string("version");
    var path = table.string("path");
    var git = table.string("git");
    if (version == null && path == null && git == null) {
      throw new KilnException(
          "dependency ("
              + key
              + ") specified without providing a local path, Git repository, version, or workspace"
              + " dependency to use");
    }
    if (git == null) {
      for (var gitOnly : List.of("branch", "tag", "rev")) {
        if (table.has(gitOnly)) {
          throw new KilnException("key `" + gitOnly + "` is ignored for dependency (" + key + ").");
        }
      }
    }
    for (var artifactOnly : List.of("lib", "target")) {
      if (table.has(artifactOnly) && !table.has("artifact")) {
        throw new KilnException(
            "'"
                + artifactOnly
                + "' specifier cannot be used without an 'artifact = …' value ("
                + key
                + ")");
      }
    }
    if (table.has("base")) {
      throw UnstableKeys.required("path-bases");
    }
    if (table.has("artifact")) {
      throw new KilnException(
          "`artifact = …` requires `-Z bindeps` (" + key + ")",
          "artifact dependencies are unstable; kiln follows stable Cargo");
    }
    var features = new ArrayList<>(features(key, table));
    if (detail.member() != null) {
      features.addAll(features(key, detail.member()));
    }
    ManifestReader.renamed(
        table, "default-features", "default_features", key, "dependency", edition, warnings);
    if (table.has("public") || (detail.member() != null && detail.member().has("public"))) {
      warnings.add(
          kind == Dependency.Kind.NORMAL
              ? "ignoring `public` on dependency "
                  + key
                  + ", pass `-Zpublic-dependency` to enable support for it"
              : "'public' specifier can only be used on regular dependencies, not "
                  + (kind == Dependency.Kind.DEV ? "dev-dependencies" : "build-dependencies"));
    }
    if (git != null && git.contains("#")) {
      var fragment = git.substring(git.indexOf('#') + 1);
      warnings.add(
          "URL fragment `#"
              + fragment
              + "` in git URL is ignored for dependency ("
              + key
              + "). If you were trying to specify a specific git revision, use `rev = \""
              + fragment
              + "\"` in the dependency declaration.");
    }
    var name = table.string("package");
    var fault = name == null ? null : Names.packageNameFault(name);
    if (fault != null) {
      throw table.failure(fault);
    }
    var sourceId = DependencySource.of(key, table, detail.base(), source, config);
    var own = detail.member() == null ? null : Detail.defaultFeatures(detail.member());
    var given = detail.defaultFeatures();
    boolean defaults = Boolean.TRUE.equals(own) || given == null || given;
    var registry = table.string("registry");
    var extras =
        new Dependency.Extras(
            registry,
            registry == null ? table.string("registry-index") : config.registry(registry).url(),
            name != null,
            version != null,
            false,
            null,
            false,
            null);
    return new Dependency(
        key,
        name == null ? key : name,
        version == null ? VersionReq.ANY : req(key, version),
        sourceId,
        kind,
        platform,
        detail.optional(),
        defaults,
        List.copyOf(features),
        extras);
  }

  private VersionReq req(String key, String text) throws KilnException {
    if (text.contains("+")) {
      warnings.add(
          "version requirement `"
              + text
              + "` for dependency `"
              + key
              + "` includes semver metadata which will be ignored, removing the metadata is"
              + " recommended to avoid confusion");
    }
    try {
      return VersionReq.parse(text);
    } catch (KilnException e) {
      throw new KilnException(
          "failed to parse the version requirement `" + text + "` for dependency `" + key + "`",
          null,
          e);
    }
  }

  private static List<String> features(String key, TomlTable table) throws KilnException {
    var features = table.strings("features");
    if (features == null) {
      return List.of();
    }
    for (var feature : features) {
      if (feature.contains("/")) {
        throw new KilnException(
            "feature `"
                + feature
                + "` in dependency `"
                + key
                + "` is not allowed to contain slashes\nIf you want to enable features of a"
                + " transitive dependency, the direct dependency needs to re-export those features"
                + " from the `[features]` table.");
      }
      if (feature.startsWith("dep:")) {
        throw new KilnException(
            "feature `"
                + feature
                + "` in dependency `"
                + key
                + "` is not allowed to use explicit `dep:` syntax\nIf you want to enable an"
                + " optional dependency, specify the name of the optional dependency without the"
                + " `dep:` prefix, or specify a feature from the `[features]` table that enables"
                + " the optional dependency.");
      }
    }
    return features;
  }
}
