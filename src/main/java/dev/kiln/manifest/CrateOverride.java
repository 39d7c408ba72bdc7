package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import dev.kiln.toml.TomlValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What `[override.CRATE]` of kiln.toml says of a crate, as far as version and platform fit:
/// variables of its build script and compilers, native packages, arguments of its linker, features,
/// patches of its source.
///
/// `platform` is where its units run, null for everywhere. `script` are the lines that stand for
/// what its build script prints (`cargo:KEY=VALUE` each), null where the script is run.
public record CrateOverride(
    String crate,
    VersionReq version,
    @Nullable Platform platform,
    SortedMap<String, String> environment,
    List<String> natives,
    List<String> linkArguments,
    List<String> features,
    List<String> patches,
    @Nullable List<String> script,
    String place) {
  private static final List<String> KEYS =
      List.of(
          "build-script", "env", "features", "link-args", "native", "patches", "target", "version");

  public CrateOverride {
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    natives = List.copyOf(natives);
    linkArguments = List.copyOf(linkArguments);
    features = List.copyOf(features);
    patches = List.copyOf(patches);
    script = script == null ? null : List.copyOf(script);
  }

  /// Reads the table `override`, where a crate has one table or an array of them.
  static List<CrateOverride> read(@Nullable TomlTable overrides) throws KilnException {
    var found = new ArrayList<CrateOverride>();
    if (overrides != null) {
      for (var entry : overrides.entries()) {
        for (var table : tables(entry.getValue())) {
          found.add(read(entry.getKey(), table));
        }
      }
    }
    return found;
  }

  private static List<TomlTable> tables(TomlValue value) throws KilnException {
    var tables = new ArrayList<TomlTable>();
    if (value.isArray()) {
      for (var item : value.array()) {
        tables.add(item.table());
      }
    } else {
      tables.add(value.table());
    }
    return tables;
  }

  private static CrateOverride read(String crate, TomlTable table) throws KilnException {
    KilnToml.requireKnown(table, KEYS);
    var version = table.string("version");
    var target = table.string("target");
    var environment = new TreeMap<String, String>();
    var variables = table.table("env");
    if (variables != null) {
      for (var variable : variables.entries()) {
        environment.put(variable.getKey(), variable.getValue().string());
      }
    }
    var patches = strings(table, "patches");
    if (!patches.isEmpty() && target != null) {
      throw table.failure(
          "a source is the same for all targets: `patches` needs a table of its own");
    }
    var script = table.table("build-script");
    return new CrateOverride(
        crate,
        version == null ? VersionReq.ANY : VersionReq.parse(version),
        target == null ? null : Platform.parse(target),
        environment,
        strings(table, "native"),
        strings(table, "link-args"),
        strings(table, "features"),
        patches,
        script == null ? null : ScriptLines.read(script),
        table.place());
  }

  private static List<String> strings(TomlTable table, String key) throws KilnException {
    var strings = table.strings(key);
    return strings == null ? List.of() : strings;
  }

  /// Says whether it counts for a version of the crate on a platform.
  public boolean fits(PackageId id, String triple, Set<CfgExpr.Cfg> cfgs) {
    return concerns(id) && isFor(triple, cfgs);
  }

  /// Says whether it counts for a version of the crate.
  public boolean concerns(PackageId id) {
    return id.name().equals(crate) && version.matches(id.version());
  }

  /// Says whether it counts on a platform.
  public boolean isFor(String triple, Set<CfgExpr.Cfg> cfgs) {
    return platform == null || platform.matches(triple, cfgs);
  }
}
