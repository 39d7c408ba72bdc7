package dev.kiln.manifest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One dependency of a manifest, with workspace inheritance applied.
///
/// `key` is the name in the table (features and the extern name go by it), `name` the package's
/// own. `source` is the identity that the lock file records, before `[patch]` and source
/// replacement.
public record Dependency(
    String key,
    String name,
    VersionReq req,
    SourceId source,
    Kind kind,
    @Nullable Platform platform,
    boolean optional,
    boolean defaultFeatures,
    List<String> features,
    Extras extras) {

  /// The three tables.
  public enum Kind {
    NORMAL,
    DEV,
    BUILD
  }

  /// What few dependencies have: `registry`'s name, the index of that or of `registry-index`,
  /// whether `package` was written (be it the key again), whether a version was written beside a
  /// path or git, `public`, and `artifact` with its `lib` and `target` (nightly only).
  public record Extras(
      @Nullable String registry,
      @Nullable String registryIndex,
      boolean explicitName,
      boolean explicitVersion,
      boolean isPublic,
      @Nullable List<String> artifact,
      boolean artifactLib,
      @Nullable String artifactTarget) {
    /// The usual case: none of them.
    public static final Extras NONE = new Extras(null, null, false, true, false, null, false, null);
  }

  public Dependency {
    features = List.copyOf(features);
  }

  /// Says whether the package may stand for this dependency: name, source and version fit.
  public boolean accepts(PackageId id) {
    return name.equals(id.name())
        && source.isSameSource(id.source())
        && acceptsVersion(id.version());
  }

  /// Says whether the version fits; without a requirement pre-releases fit too.
  public boolean acceptsVersion(Version version) {
    return !extras.explicitVersion() || req.matches(version);
  }

  /// Returns Cargo's words for the source: a registry by the name that the manifest has for it.
  public String place() {
    return extras.registry() == null ? source.described() : "registry `" + extras.registry() + "`";
  }

  /// Says whether the manifest gave a name of the package's own (`package = "…"`).
  public boolean isRenamed() {
    return extras.explicitName();
  }
}
