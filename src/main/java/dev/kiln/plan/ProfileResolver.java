package dev.kiln.plan;

import dev.kiln.KilnException;
import dev.kiln.manifest.PackageId;
import dev.kiln.resolve.Closest;
import dev.kiln.resolve.PackageSpec;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/// The profile of each unit (Cargo: workspace/profiles.rs; cargo-build.md §5).
///
/// Layers, each over the one before: the root profile's defaults, the tables of manifest and
/// configuration along `inherits`, the rules for host units, `build-override`, `package."*"`,
/// `package.SPEC`.
public final class ProfileResolver {
  /// The profiles as written: those of the root manifest, and those of the configuration by name
  /// with environment variables applied.
  public record Sources(
      SortedMap<String, ProfileLayer> manifest, SortedMap<String, ProfileLayer> config) {}

  private static final UnitProfile DEV =
      new UnitProfile(
          "dev",
          UnitProfile.Root.DEBUG,
          "0",
          UnitProfile.Lto.FALSE,
          null,
          new UnitProfile.DebugInfo("2", false),
          null,
          true,
          true,
          false,
          false,
          UnitProfile.Panic.UNWIND,
          new UnitProfile.Strip("none", true),
          null);
  private static final UnitProfile RELEASE =
      new UnitProfile(
          "release",
          UnitProfile.Root.RELEASE,
          "3",
          UnitProfile.Lto.FALSE,
          null,
          new UnitProfile.DebugInfo("0", false),
          null,
          false,
          false,
          false,
          false,
          UnitProfile.Panic.UNWIND,
          new UnitProfile.Strip("none", true),
          null);
  private static final Map<String, String> PREDEFINED =
      new TreeMap<>(Map.of("test", "dev", "bench", "release", "doc", "dev"));

  private final String requested;
  private final String rustcHost;
  private final Sources sources;
  private final SortedMap<String, ProfileLayer> merged = new TreeMap<>();
  private final SortedMap<String, ProfileLayer> chains = new TreeMap<>();
  private final Map<String, PackageSpec> specs = new HashMap<>();
  private final ProfileLayer layer;
  private final UnitProfile base;

  /// Reads all profiles and checks that they and the one asked for are well defined.
  public ProfileResolver(Sources sources, String requested, String rustcHost) throws KilnException {
    this.sources = sources;
    this.requested = requested;
    this.rustcHost = rustcHost;
    mergeConfig();
    for (var name : merged.keySet()) {
      chains.put(name, chain(name));
    }
    var layer = chains.get(requested);
    if (layer == null) {
      throw new KilnException("profile `" + requested + "` is not defined");
    }
    this.layer = layer;
    this.base = root(requested).equals("release") ? RELEASE : DEV;
    for (var spec : layer.packages().keySet()) {
      if (!spec.equals("*")) {
        specs.put(spec, PackageSpec.parse(spec));
      }
    }
  }

  /// Configured profiles go over the manifest's; one that only the configuration has counts where
  /// it is asked for, inherited from, or predefined (Cargo: `merge_config_profiles`).
  private void mergeConfig() {
    var toAdd = new ArrayDeque<>(List.of(requested, "dev", "release", "test", "bench"));
    sources
        .manifest()
        .forEach((name, written) -> {
          var config = sources.config().get(name);
          var layer = config == null ? written : written.with(config);
          merged.put(name, layer);
          if (layer.inherits() != null) {
            toAdd.add(layer.inherits());
          }
        });
    while (!toAdd.isEmpty()) {
      var name = toAdd.remove();
      var config = sources.config().get(name);
      if (config != null && merged.putIfAbsent(name, config) == null && config.inherits() != null) {
        toAdd.add(config.inherits());
      }
    }
    for (var root : List.of("dev", "release")) {
      merged.putIfAbsent(root, ProfileLayer.NONE);
    }
    PREDEFINED.forEach((name, parent) ->
        merged.merge(name, ProfileLayer.inheriting(parent), (own, inherits) -> inherits.with(own)));
  }

  private ProfileLayer chain(String name) throws KilnException {
    if (isRoot(name)) {
      var own = merged.getOrDefault(name, ProfileLayer.NONE);
      if (own.inherits() != null) {
        throw new KilnException("`inherits` must not be specified in root profile `" + name + "`");
      }
      return own;
    }
    var path = new LinkedHashSet<String>();
    var layers = new ArrayDeque<ProfileLayer>();
    var at = name;
    while (true) {
      path.add(at);
      var own = merged.getOrDefault(at, ProfileLayer.NONE);
      layers.push(own);
      if (isRoot(at)) {
        break;
      }
      var parent = own.inherits();
      if (parent == null) {
        throw new KilnException(
            "profile `"
                + at
                + "` is missing an `inherits` directive (`inherits` is required for all profiles "
                + "except `dev` or `release`)");
      }
      if (path.contains(parent)) {
        throw new KilnException(
            "profile inheritance loop detected with profile `"
                + at
                + "` inheriting `"
                + parent
                + "`");
      }
      if (!merged.containsKey(parent)) {
        throw new KilnException(
            "profile `" + at + "` inherits from `" + parent + "`, but that profile is not defined");
      }
      at = parent;
    }
    var result = layers.pop();
    while (!layers.isEmpty()) {
      result = result.with(layers.pop());
    }
    return result;
  }

  private static boolean isRoot(String name) {
    return name.equals("dev") || name.equals("release");
  }

  private String root(String name) {
    var at = name;
    while (!isRoot(at)) {
      var parent = merged.getOrDefault(at, ProfileLayer.NONE).inherits();
      at = parent == null ? "dev" : parent;
    }
    return at;
  }

  /// Checks that no package is meant by two overrides of a profile, and warns of overrides in the
  /// manifest that mean none (Cargo: `validate_packages`).
  public void validate(Collection<PackageId> packages, Consumer<String> warnings)
      throws KilnException {
    for (var chain : chains.entrySet()) {
      if (merged.getOrDefault(chain.getKey(), ProfileLayer.NONE).packages().isEmpty()) {
        continue; // what it inherits is told of the profile that says it
      }
      var found = validateUnique(chain.getKey(), chain.getValue(), packages);
      var written = sources.manifest().get(chain.getKey());
      if (written == null) {
        continue;
      }
      for (var text : written.packages().keySet()) {
        if (!text.equals("*") && !found.contains(text)) {
          warnings.accept(unmatched(text, chain.getKey(), packages));
        }
      }
    }
  }

  private static Set<String> validateUnique(
      String profile, ProfileLayer layer, Collection<PackageId> packages) throws KilnException {
    var parsed = new LinkedHashMap<String, PackageSpec>();
    for (var text : layer.packages().keySet()) {
      if (!text.equals("*")) {
        parsed.put(text, PackageSpec.parse(text));
      }
    }
    var found = new TreeSet<String>();
    for (var id : packages) {
      var matching = parsed.keySet().stream().filter(text -> matches(parsed, text, id)).toList();
      if (matching.size() > 1) {
        throw new KilnException(
            "multiple package overrides in profile `"
                + profile
                + "` match package `"
                + id.described()
                + "`\nfound package specs: "
                + String.join(", ", matching));
      }
      found.addAll(matching);
    }
    return found;
  }

  private static boolean matches(Map<String, PackageSpec> parsed, String text, PackageId id) {
    var spec = parsed.get(text);
    return spec != null && spec.matches(id);
  }

  private static String unmatched(String text, String profile, Collection<PackageId> packages)
      throws KilnException {
    var spec = PackageSpec.parse(text);
    var name = spec.name();
    var sameName =
        packages.stream().filter(id -> id.name().equals(name)).map(PackageId::described).toList();
    var start = "profile package spec `" + spec + "` in profile `" + profile + "` ";
    if (!sameName.isEmpty()) {
      return start
          + "has a version or URL that does not match any of the packages: "
          + String.join(", ", sameName);
    }
    var close = Closest.to(name, packages.stream().map(PackageId::name).toList());
    return start
        + "did not match any packages"
        + (close == null ? "" : "\n\nhelp: a package with a similar name exists: `" + close + "`");
  }

  /// Returns the profile of a package's unit.
  UnitProfile profile(PackageId pkg, boolean isMember, UnitFor unitFor, CompileKind kind) {
    var profile = merge(base, layer.values());
    if (unitFor.host()) {
      // quick to compile, and debug information only where it costs nothing (§5.10)
      profile = hostDefaults(profile);
      if (layer.buildOverride() != null) {
        profile = merge(profile, layer.buildOverride());
      }
    }
    var all = layer.packages().get("*");
    if (all != null && !isMember) {
      profile = merge(profile, all);
    }
    for (var entry : layer.packages().entrySet()) {
      var spec = specs.get(entry.getKey());
      if (spec != null && spec.matches(pkg)) {
        profile = merge(profile, entry.getValue());
      }
    }
    return finish(profile, unitFor, kind);
  }

  private static UnitProfile hostDefaults(UnitProfile p) {
    return new UnitProfile(
        p.name(),
        p.root(),
        "0",
        p.lto(),
        null,
        new UnitProfile.DebugInfo(p.debuginfo().word(), true),
        p.splitDebuginfo(),
        p.debugAssertions(),
        p.overflowChecks(),
        p.rpath(),
        false,
        p.panic(),
        p.strip(),
        p.hintMostlyUnused());
  }

  private static UnitProfile merge(UnitProfile p, ProfileLayer.Values v) {
    var debug = v.debug();
    var strip = v.strip();
    return new UnitProfile(
        p.name(),
        p.root(),
        v.optLevel() == null ? p.optLevel() : v.optLevel(),
        v.lto() == null ? p.lto() : v.lto(),
        v.codegenUnits() == null ? p.codegenUnits() : v.codegenUnits(),
        debug == null ? p.debuginfo() : new UnitProfile.DebugInfo(debug, false),
        v.splitDebuginfo() == null ? p.splitDebuginfo() : v.splitDebuginfo(),
        v.debugAssertions() == null ? p.debugAssertions() : v.debugAssertions(),
        v.overflowChecks() == null ? p.overflowChecks() : v.overflowChecks(),
        v.rpath() == null ? p.rpath() : v.rpath(),
        false,
        v.panic() == null ? p.panic() : v.panic(),
        // a layer without `strip` takes back what a lower one set (§5.9)
        strip == null ? new UnitProfile.Strip("none", true) : new UnitProfile.Strip(strip, false),
        v.hintMostlyUnused() == null ? p.hintMostlyUnused() : v.hintMostlyUnused());
  }

  private UnitProfile finish(UnitProfile p, UnitFor unitFor, CompileKind kind) {
    var split = p.splitDebuginfo();
    var triple = kind.isHost() ? rustcHost : kind.shortName();
    if (split == null && !p.debuginfo().isNone() && triple.contains("-apple-")) {
      split = "unpacked";
    }
    return new UnitProfile(
        requested,
        p.root(),
        p.optLevel(),
        p.lto(),
        p.codegenUnits(),
        p.debuginfo(),
        split,
        p.debugAssertions(),
        p.overflowChecks(),
        p.rpath(),
        false,
        unitFor.readsPanic() ? p.panic() : UnitProfile.Panic.UNWIND,
        p.strip(),
        p.hintMostlyUnused());
  }

  /// Returns the profile of a build script's run: what its environment tells, nothing else, so that
  /// units which differ in the rest share the run.
  static UnitProfile runOf(UnitProfile p) {
    return new UnitProfile(
        p.name(),
        p.root(),
        p.optLevel(),
        UnitProfile.Lto.FALSE,
        null,
        p.debuginfo(),
        null,
        p.debugAssertions(),
        false,
        false,
        false,
        UnitProfile.Panic.UNWIND,
        new UnitProfile.Strip("none", true),
        null);
  }
}
