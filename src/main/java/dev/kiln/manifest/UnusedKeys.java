package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import dev.kiln.toml.TomlValue;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds keys of a manifest that mean nothing to Cargo: "unused manifest key: …".
final class UnusedKeys {
  /// What may stand at a place: known keys, the same for every key, or anything.
  private sealed interface Schema {}

  private record Known(Map<String, Schema> keys) implements Schema {}

  private record Each(Schema item) implements Schema {}

  private record Anything() implements Schema {}

  private static final Schema ANY = new Anything();

  private static Schema known(String... keys) {
    var map = new TreeMap<String, Schema>();
    for (var key : keys) {
      map.put(key, ANY);
    }
    return new Known(map);
  }

  private static Schema with(Schema base, Map<String, Schema> more) {
    var map = new TreeMap<>(((Known) base).keys());
    map.putAll(more);
    return new Known(map);
  }

  private static final Schema DEPENDENCY =
      known(
          "version",
          "registry",
          "registry-index",
          "path",
          "base",
          "git",
          "branch",
          "tag",
          "rev",
          "features",
          "optional",
          "default-features",
          "default_features",
          "package",
          "public",
          "artifact",
          "lib",
          "target");
  private static final Schema INHERITED =
      known("workspace", "features", "default-features", "default_features", "optional", "public");
  private static final Schema TARGET =
      known(
          "name",
          "crate-type",
          "crate_type",
          "path",
          "filename",
          "test",
          "doctest",
          "bench",
          "doc",
          "doc-scrape-examples",
          "proc-macro",
          "proc_macro",
          "harness",
          "required-features",
          "edition");

  /// The keys of a profile that `package` and `build-override` of another may have too.
  static final List<String> PROFILE_OVERRIDE_KEYS =
      List.of(
          "opt-level",
          "lto",
          "codegen-backend",
          "codegen-units",
          "debug",
          "split-debuginfo",
          "debug-assertions",
          "rpath",
          "panic",
          "overflow-checks",
          "incremental",
          "dir-name",
          "inherits",
          "strip",
          "rustflags",
          "trim-paths",
          "hint-mostly-unused",
          "package",
          "build-override");

  private static final Schema PROFILE_OVERRIDE =
      known(PROFILE_OVERRIDE_KEYS.toArray(String[]::new));
  private static final Schema PROFILE =
      with(
          PROFILE_OVERRIDE,
          Map.of("package", new Each(PROFILE_OVERRIDE), "build-override", PROFILE_OVERRIDE));
  private static final Schema PACKAGE_FIELD = known("workspace");
  private static final Schema PACKAGE =
      with(
          known(
              "name",
              "build",
              "metabuild",
              "default-target",
              "forced-target",
              "links",
              "workspace",
              "im-a-teapot",
              "autolib",
              "autobins",
              "autoexamples",
              "autotests",
              "autobenches",
              "default-run",
              "resolver",
              "metadata"),
          inheritable(PACKAGE_FIELD));
  private static final Schema DEPENDENCIES = new Each(DEPENDENCY);
  private static final Map<String, Schema> DEPENDENCY_TABLES =
      Map.of(
          "dependencies", DEPENDENCIES,
          "dev-dependencies", DEPENDENCIES,
          "dev_dependencies", DEPENDENCIES,
          "build-dependencies", DEPENDENCIES,
          "build_dependencies", DEPENDENCIES);
  private static final Schema WORKSPACE =
      with(
          known(
              "members", "exclude", "default-members", "resolver", "metadata", "lints", "package"),
          Map.of("dependencies", DEPENDENCIES, "package", with(known("badges"), inheritable(ANY))));
  private static final Schema MANIFEST =
      with(
          with(
              known("cargo-features", "badges", "features", "lints"),
              Map.of(
                  "package", PACKAGE,
                  "project", PACKAGE,
                  "lib", TARGET,
                  "bin", new Each(TARGET),
                  "example", new Each(TARGET),
                  "test", new Each(TARGET),
                  "bench", new Each(TARGET),
                  "target", new Each(new Known(DEPENDENCY_TABLES)),
                  "workspace", WORKSPACE,
                  "profile", new Each(PROFILE))),
          withTables());

  private static Map<String, Schema> inheritable(Schema each) {
    var map = new TreeMap<String, Schema>();
    InheritableFields.NAMES.forEach(name -> map.put(name, each));
    return map;
  }

  private static Map<String, Schema> withTables() {
    var map = new TreeMap<>(DEPENDENCY_TABLES);
    map.put("patch", new Each(DEPENDENCIES));
    map.put("replace", DEPENDENCIES);
    map.put("hints", known("mostly-unused"));
    return map;
  }

  private UnusedKeys() {}

  static void inManifest(TomlTable root, List<String> warnings) throws KilnException {
    Set<String> unused = new TreeSet<>();
    inTable(root, MANIFEST, "", unused);
    unused.forEach(key -> warnings.add("unused manifest key: " + key));
  }

  private static void inTable(TomlTable table, Schema schema, String path, Set<String> unused)
      throws KilnException {
    for (var entry : table.entries()) {
      var at = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      switch (schema) {
        case Known known -> {
          var inner = known.keys().get(entry.getKey());
          if (inner == null) {
            unused.add(at);
          } else {
            inValue(entry.getValue(), inner, at, unused);
          }
        }
        case Each each -> inValue(entry.getValue(), each.item(), at, unused);
        case Anything _ -> {}
      }
    }
  }

  private static boolean isTrue(@Nullable TomlValue value) throws KilnException {
    return value != null && value.isBool() && value.bool();
  }

  private static void inValue(TomlValue value, Schema schema, String path, Set<String> unused)
      throws KilnException {
    if (schema instanceof Anything) {
      return;
    }
    if (value.isTable()) {
      var table = value.table();
      boolean inherited = schema.equals(DEPENDENCY) && isTrue(table.value("workspace"));
      inTable(table, inherited ? INHERITED : schema, path, unused);
    } else if (value.isArray() && schema instanceof Each each) {
      var items = value.array();
      for (int i = 0; i < items.size(); i++) {
        inValue(items.get(i), each.item(), path + "." + i, unused);
      }
    }
  }
}
