package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.manifest.ConfigValue.Definition;
import dev.kiln.manifest.ConfigValue.Definition.Origin;
import dev.kiln.toml.TomlError;
import dev.kiln.toml.TomlFile;
import dev.kiln.toml.TomlTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds and joins Cargo's configuration files (Cargo: `load_values_from`, `load_includes`,
/// `cli_args_as_table`).
final class ConfigFiles {
  private final Path cwd;
  private final @Nullable Path cargoHome;
  private final List<String> warnings;

  ConfigFiles(Path cwd, @Nullable Path cargoHome, List<String> warnings) {
    this.cwd = cwd;
    this.cargoHome = cargoHome;
    this.warnings = warnings;
  }

  ConfigValue.Table load(List<String> configArgs) throws KilnException {
    ConfigValue.Table joined =
        new ConfigValue.Table(new TreeMap<>(), new Definition(Origin.FILE, null, null));
    try {
      for (var file : files()) {
        var loaded = loadFile(file, Origin.FILE, new HashSet<>());
        try {
          joined = merge(joined, loaded, false);
        } catch (KilnException e) {
          throw new KilnException("failed to merge configuration at `" + file + "`", null, e);
        }
      }
    } catch (KilnException e) {
      throw new KilnException("could not load Cargo configuration", null, e);
    }
    var seen = new HashSet<Path>();
    for (var arg : configArgs) {
      joined = merge(joined, argument(arg, seen), true);
    }
    return joined;
  }

  private static ConfigValue.Table merge(
      ConfigValue.Table there, ConfigValue.Table later, boolean over) throws KilnException {
    return (ConfigValue.Table) ConfigValue.merge(there, later, over, "");
  }

  /// Returns the files that exist, the strongest first.
  private List<Path> files() {
    Set<Path> folders = new LinkedHashSet<>();
    for (Path at = cwd; at != null; at = at.getParent()) {
      folders.add(at.resolve(".cargo"));
    }
    if (cargoHome != null) {
      folders.add(cargoHome);
    }
    var files = new ArrayList<Path>();
    for (var folder : folders) {
      var old = folder.resolve("config");
      var current = folder.resolve("config.toml");
      if (Files.isRegularFile(old)) {
        if (Files.isRegularFile(current)) {
          warnings.add("both `" + old + "` and `" + current + "` exist. Using `" + old + "`");
        } else {
          warnings.add("`" + old + "` is deprecated in favor of `config.toml`");
        }
        files.add(old);
      } else if (Files.isRegularFile(current)) {
        files.add(current);
      }
    }
    return files;
  }

  private ConfigValue.Table loadFile(Path file, Origin origin, Set<Path> seen)
      throws KilnException {
    if (!seen.add(file)) {
      throw new KilnException("config `include` cycle detected with path `" + file + "`");
    }
    TomlTable root;
    try {
      root = TomlFile.parse(file, TomlFile.readText(file)).root();
    } catch (TomlError e) {
      throw new KilnException("could not parse TOML configuration in `" + file + "`", null, e);
    } catch (KilnException e) {
      throw new KilnException(
          "failed to read configuration file `" + file + "`", null, innermost(e));
    }
    var definition = new Definition(origin, file, null);
    ConfigValue.Table own;
    try {
      own = ConfigValue.of(root, definition, "");
    } catch (KilnException e) {
      throw new KilnException("failed to load TOML configuration from `" + file + "`", null, e);
    }
    return withIncludes(own, seen);
  }

  private static KilnException innermost(KilnException e) {
    return e.getCause() instanceof KilnException cause ? cause : e;
  }

  private ConfigValue.Table withIncludes(ConfigValue.Table own, Set<Path> seen)
      throws KilnException {
    var include = own.values().get("include");
    if (include == null) {
      return own;
    }
    var values = new TreeMap<>(own.values());
    values.remove("include");
    ConfigValue.Table joined = new ConfigValue.Table(new TreeMap<>(), own.definition());
    for (var item : ConfigInclude.of(include)) {
      var path = item.resolve(cwd);
      if (item.optional() && !Files.exists(path)) {
        continue;
      }
      try {
        joined = merge(joined, loadFile(path, own.definition().origin(), seen), true);
      } catch (KilnException e) {
        throw new KilnException(
            "failed to load config include `" + item.path() + "` from `" + item.definition() + "`",
            null,
            e);
      }
    }
    return merge(joined, new ConfigValue.Table(values, own.definition()), true);
  }

  private ConfigValue.Table argument(String arg, Set<Path> seen) throws KilnException {
    var asPath = cwd.resolve(arg);
    if (!arg.isEmpty() && Files.exists(asPath)) {
      try {
        return loadFile(asPath.normalize(), Origin.COMMAND_LINE, seen);
      } catch (KilnException e) {
        throw new KilnException("failed to load config from `" + asPath + "`", null, e);
      }
    }
    var definition = new Definition(Origin.COMMAND_LINE, null, null);
    TomlTable root;
    try {
      root = TomlFile.parse(cwd.resolve("--config"), arg).root();
    } catch (TomlError e) {
      throw new KilnException(
          "failed to parse value from --config argument `" + arg + "` as a dotted key expression",
          null,
          e);
    }
    if (root.isEmpty() || arg.contains("\n") || arg.stripLeading().startsWith("[")) {
      throw new KilnException(
          "--config argument `"
              + arg
              + "` was not a TOML dotted key expression (such as `build.jobs"
              + " = 2`)");
    }
    return withIncludes(ConfigValue.of(root, definition, ""), new HashSet<>());
  }
}
