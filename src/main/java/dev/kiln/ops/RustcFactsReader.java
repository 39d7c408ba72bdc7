package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.ConfigCheck;
import dev.kiln.manifest.ConfigValue;
import dev.kiln.manifest.CrateOverride;
import dev.kiln.manifest.Rustflags;
import dev.kiln.manifest.ScriptLines;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.RustcFacts;
import dev.kiln.plan.ScriptOverride;
import dev.kiln.toolchain.Compiler;
import dev.kiln.toolchain.RustcProbe;
import dev.kiln.toolchain.RustcVersion;
import dev.kiln.toolchain.TargetInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Asks rustc and the configuration for all that a plan must know of its platforms (Cargo:
/// `RustcTargetData`; cargo-build.md §4.6, §4.9, §4.12).
final class RustcFactsReader {
  private static final Set<String> TARGET_KEYS =
      Set.of("ar", "linker", "runner", "rustflags", "rustdocflags");

  private final CargoConfig config;
  private final RustcProbe probe;
  private final Compiler compiler;
  private final RustcVersion version;
  private final List<CrateOverride> crates;
  private final Consumer<String> warnings;

  RustcFactsReader(
      CargoConfig config,
      RustcProbe probe,
      Compiler compiler,
      RustcVersion version,
      List<CrateOverride> crates,
      Consumer<String> warnings) {
    this.warnings = warnings;
    this.crates = List.copyOf(crates);
    this.config = config;
    this.probe = probe;
    this.compiler = compiler;
    this.version = version;
  }

  /// Returns the facts of the host and of everything that `--target` or `build.target` asks for;
  /// `files` says that a target may be a file.
  RustcFacts read(List<String> targets, boolean files) throws KilnException, InterruptedException {
    var requested = requested(targets);
    if (!files && requested.stream().anyMatch(CompileKind::isCustom)) {
      throw new KilnException("`.json` target specs require -Zjson-target-spec");
    }
    boolean given = !requested.contains(CompileKind.HOST);
    var kinds = new TreeMap<CompileKind, RustcFacts.KindFacts>();
    var all = new LinkedHashSet<>(List.of(CompileKind.HOST));
    all.addAll(requested);
    for (var kind : all) {
      var table = config.value("target", kind.isHost() ? version.host() : kind.shortName());
      if (table != null && !(table instanceof ConfigValue.Table)) {
        throw new KilnException(
            "expected table for configuration key `target."
                + (kind.isHost() ? version.host() : kind.shortName())
                + "`, but found "
                + table.description()
                + " in "
                + table.definition());
      }
    }
    ConfigCheck.checkTargets(config, warnings);
    for (var kind : all) {
      kinds.put(kind, facts(kind, given));
    }
    return new RustcFacts(version, requested, kinds);
  }

  private List<CompileKind> requested(List<String> targets) throws KilnException {
    var kinds = new TreeSet<CompileKind>();
    for (var target : targets) {
      kinds.add(kind(target, target));
    }
    if (kinds.isEmpty()) {
      var value = config.value("build", "target");
      if (value instanceof ConfigValue.Table) {
        var why = new KilnException("invalid type: map, expected a string or array");
        throw CargoConfig.notLoaded(
            value, CargoConfig.notLoaded(value, why, "build", "target"), "build", "target");
      }
      var configured = config.oneOrMany("build", "target");
      for (var target : configured == null ? List.<CargoConfig.Located>of() : configured) {
        kinds.add(kind(target.value(), config.resolve(target).toString()));
      }
    }
    return kinds.isEmpty() ? List.of(CompileKind.HOST) : List.copyOf(kinds);
  }

  private CompileKind kind(String name, String path) throws KilnException {
    if (name.isBlank()) {
      throw new KilnException("target was empty");
    }
    if (name.equals("host-tuple")) {
      return CompileKind.target(version.host());
    }
    return CompileKind.target(
        name.endsWith(".json") ? config.cwd().resolve(path).normalize().toString() : name.strip());
  }

  /// RUSTFLAGS can depend on cfgs, and cfgs on RUSTFLAGS: Cargo asks twice at most.
  private RustcFacts.KindFacts facts(CompileKind kind, boolean given)
      throws KilnException, InterruptedException {
    var name = kind.isHost() ? version.host() : kind.shortName();
    var forRustc = Rustflags.forRustc(config);
    var flags = forRustc.flags(name, kind.isHost(), given, null);
    var info = info(kind, flags);
    var again = forRustc.flags(name, kind.isHost(), given, Set.copyOf(info.cfgs()));
    if (!again.equals(flags)) {
      flags = again;
      info = info(kind, flags);
      flags = forRustc.flags(name, kind.isHost(), given, Set.copyOf(info.cfgs()));
      if (!again.equals(flags)) {
        warnings.accept(
            "non-trivial mutual dependency between target-specific configuration and RUSTFLAGS");
      }
    }
    var doc =
        Rustflags.forRustdoc(config).flags(name, kind.isHost(), given, Set.copyOf(info.cfgs()));
    var cfgs = Set.copyOf(info.cfgs());
    return new RustcFacts.KindFacts(
        info,
        probe.withoutNative(compiler, kind.triple(), flags),
        doc,
        overrides(name),
        crates.stream().filter(crate -> crate.isFor(name, cfgs)).toList());
  }

  private TargetInfo info(CompileKind kind, List<String> flags)
      throws KilnException, InterruptedException {
    return probe.target(compiler, kind.triple(), flags);
  }

  private SortedMap<String, ScriptOverride> overrides(String triple) throws KilnException {
    var overrides = new TreeMap<String, ScriptOverride>();
    for (var entry : config.table("target", triple).entrySet()) {
      if (!TARGET_KEYS.contains(entry.getKey())
          && entry.getValue() instanceof ConfigValue.Table table) {
        overrides.put(entry.getKey(), override(triple, entry.getKey(), table));
      }
    }
    return overrides;
  }

  private static ScriptOverride override(String triple, String links, ConfigValue.Table table)
      throws KilnException {
    var lines = new ArrayList<String>();
    for (var entry : table.values().entrySet()) {
      var key = entry.getKey();
      switch (key) {
        case "warning", "rerun-if-changed", "rerun-if-env-changed" ->
            throw new KilnException("`" + key + "` is not supported in build script overrides");
        case "rustc-env" -> environment(entry.getValue(), lines);
        default -> {
          for (var value :
              ScriptLines.LISTS.contains(key)
                  ? items(entry.getValue())
                  : List.of(entry.getValue())) {
            if (!(value instanceof ConfigValue.Text text)) {
              throw new KilnException(
                  "`target."
                      + triple
                      + "."
                      + links
                      + "."
                      + key
                      + "` expected a string, but found a "
                      + value.description()
                      + " in "
                      + value.definition());
            }
            if (key.equals("rustc-flags")) {
              checkFlags(triple, text);
            }
            lines.add("cargo:" + key + "=" + text.value());
          }
        }
      }
    }
    return new ScriptOverride(lines);
  }

  /// Cargo: custom_build.rs `parse_rustc_flags`.
  private static void checkFlags(String triple, ConfigValue.Text flags) throws KilnException {
    var where = "target config `target." + triple + ".rustc-flags` (in " + flags.definition() + ")";
    var words = List.of(flags.value().strip().split("\\s+", -1));
    for (int i = 0; i < words.size(); i++) {
      var word = words.get(i);
      if (!word.startsWith("-l") && !word.startsWith("-L") && !word.isEmpty()) {
        throw new KilnException(
            "only `-l` and `-L` flags are allowed in "
                + where
                + ": `"
                + flags.value().strip()
                + "`");
      }
      if (word.length() == 2 && ++i == words.size()) {
        throw new KilnException("flag in rustc-flags has no value in " + where + ": ");
      }
    }
  }

  private static List<ConfigValue> items(ConfigValue value) {
    return value instanceof ConfigValue.Items items ? items.values() : List.of(value);
  }

  private static void environment(ConfigValue value, List<String> lines) {
    if (value instanceof ConfigValue.Table table) {
      table
          .values()
          .forEach((name, item) -> {
            if (item instanceof ConfigValue.Text text) {
              lines.add("cargo:rustc-env=" + name + "=" + text.value());
            }
          });
    }
  }
}
