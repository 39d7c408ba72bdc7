package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One package: its Cargo.toml, inheritance and target discovery applied.
///
/// `directory` is where the package's files lie on this machine: the user's own for a path package,
/// an unpacked source's otherwise. `features` holds the implicit features of optional dependencies
/// too. `targets` is in Cargo's order (lib, bins, examples, tests, benches, build script; by name
/// inside a kind).
public record Package(
    PackageId id,
    Path directory,
    String edition,
    @Nullable String links,
    List<Dependency> dependencies,
    SortedMap<String, List<FeatureValue>> features,
    List<Target> targets,
    About about,
    Settings settings) {

  /// The descriptive fields, as `CARGO_PKG_*` shows them; absent ones are null.
  public record About(
      List<String> authors,
      @Nullable String description,
      @Nullable String homepage,
      @Nullable String repository,
      @Nullable String documentation,
      @Nullable String license,
      @Nullable String licenseFile,
      @Nullable String readme,
      @Nullable String rustVersion,
      List<String> keywords,
      List<String> categories) {
    public About {
      authors = List.copyOf(authors);
      keywords = List.copyOf(keywords);
      categories = List.copyOf(categories);
    }
  }

  /// What else influences a build: lint arguments for rustc in Cargo's order (cargo-build.md §2.5),
  /// for rustdoc likewise, `default-run`, the registries that `publish` allows (null: any), the
  /// free-form `[package.metadata]` and what `[hints]` says of `mostly-unused`, both as JSON text
  /// (null where the table is absent).
  public record Settings(
      List<String> rustcLints,
      List<String> rustdocLints,
      @Nullable String defaultRun,
      @Nullable List<String> publish,
      @Nullable String metadataJson,
      @Nullable String mostlyUnusedJson) {
    public Settings {
      rustcLints = List.copyOf(rustcLints);
      rustdocLints = List.copyOf(rustdocLints);
      publish = publish == null ? null : List.copyOf(publish);
    }
  }

  public Package {
    dependencies = List.copyOf(dependencies);
    features = Collections.unmodifiableSortedMap(new TreeMap<>(features));
    targets = List.copyOf(targets);
  }

  public String name() {
    return id.name();
  }

  public Version version() {
    return id.version();
  }

  /// Says whether it is a path package: warnings are shown and lints not capped, in the workspace
  /// or not (Cargo: `is_local`).
  public boolean isLocal() {
    return id.source().isPath();
  }

  /// Fails for a feature that lists itself; Cargo does where such a feature is turned on.
  public void requireNoCycle(String feature) throws KilnException {
    if (features.getOrDefault(feature, List.of()).contains(new FeatureValue.Feature(feature))) {
      throw new KilnException(
          "cyclic feature dependency: feature `" + feature + "` depends on itself");
    }
  }

  public Path manifestPath() {
    return directory.resolve("Cargo.toml");
  }

  /// Returns the library target, or null.
  public @Nullable Target lib() {
    return targets.stream().filter(Target::isLib).findFirst().orElse(null);
  }

  /// Says whether one of the targets is a procedural macro, be it an example (Cargo:
  /// `Package::proc_macro`).
  public boolean isProcMacro() {
    return targets.stream().anyMatch(Target::isProcMacro);
  }

  /// Returns the build script's target, or null.
  public @Nullable Target buildScript() {
    return targets.stream().filter(Target::isBuildScript).findFirst().orElse(null);
  }
}
