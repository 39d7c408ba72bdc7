package dev.kiln.cli;

import static java.util.Objects.requireNonNullElse;

import dev.kiln.KilnException;
import dev.kiln.manifest.Workspace;
import dev.kiln.ops.Settings;
import dev.kiln.process.RawText;
import dev.kiln.report.TerminalReporter;
import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// The options that every command has, given before the command's name, after it, or on both sides.
/// Where one that counts once is given on both sides, the one after the name wins, as with Cargo.
record Globals(Arguments before, Arguments after) {
  private static final String MANIFEST = "Manifest Options";
  private static final String STORE = "Store Options";

  static final List<Flag> FLAGS =
      List.of(
          Flag.of(Flag.Arity.COUNT, "-v, --verbose", "", "Use verbose output (-vv: very)"),
          Flag.switched("-q, --quiet", "Print no progress and no warnings of kiln's own"),
          Flag.valued("--color", "WHEN", "Coloring: auto, always, never"),
          Flag.of(
              Flag.Arity.VALUES, "--config", "KEY=VALUE|PATH", "Override a configuration value"),
          Flag.valued("-C", "DIRECTORY", "Change to DIRECTORY before doing anything"),
          Flag.of(Flag.Arity.VALUES, "-Z", "FLAG", "Unstable flags: build-std, json-target-spec"),
          Flag.switched("--backtrace", "Show where in kiln an error arose"),
          Flag.switched("-h, --help", "Print help"),
          Flag.switched("-V, --version", "Print the version"),
          Flag.valued("--manifest-path", "PATH", "Path to Cargo.toml").in(MANIFEST),
          Flag.switched("--locked", "Assert that `Cargo.lock` will remain unchanged").in(MANIFEST),
          Flag.switched("--offline", "Run without accessing the network").in(MANIFEST),
          Flag.switched("--frozen", "Equivalent to both --locked and --offline").in(MANIFEST),
          Flag.valued("--toolchain", "NAME", "Use this toolchain").in(MANIFEST),
          Flag.valued("--sysroot", "NAME", "Use this sysroot, or `host`").in(MANIFEST),
          Flag.valued("--store", "DIR", "Physical store (KILN_STORE)").in(STORE),
          Flag.valued("--store-dir", "DIR", "Logical store directory (KILN_STORE_DIR)").in(STORE),
          Flag.switched("--no-sandbox", "Run builders without isolation").in(STORE));

  boolean has(String flag) {
    return after.has(flag) || before.has(flag);
  }

  Optional<String> find(String flag) {
    return after.find(flag).or(() -> before.find(flag));
  }

  List<String> all(String flag) {
    var all = new ArrayList<>(before.all(flag));
    all.addAll(after.all(flag));
    return all;
  }

  /// Checks what Cargo checks before anything else.
  void check() throws UsageError, KilnException {
    if (has("--quiet") && has("--verbose")) {
      throw new KilnException("cannot set both --verbose and --quiet");
    }
    var color = find("--color").orElse("auto");
    if (!List.of("auto", "always", "never").contains(color)) {
      throw new UsageError(
          "invalid value '%s' for '--color <WHEN>'".formatted(color),
          "possible values: auto, always, never");
    }
    for (var unstable : all("-Z")) {
      boolean isKnown =
          List.of("unstable-options", "json-target-spec").contains(unstable)
              || isBuildStd(unstable);
      if (!isKnown) {
        throw new KilnException(
            "the `-Z` flag is only accepted on the nightly channel of Cargo, but this is the"
                + " `stable` channel",
            "kiln has no `-Z "
                + unstable
                + "`: those that are accepted are build-std, json-target-spec and"
                + " unstable-options");
      }
    }
  }

  private boolean buildsStd() {
    for (var unstable : all("-Z")) {
      if (isBuildStd(unstable)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBuildStd(String unstable) {
    return unstable.equals("build-std") || unstable.startsWith("build-std=");
  }

  /// Returns the directory to work in.
  Path directory(World world) throws KilnException {
    var chosen = find("-C");
    if (chosen.isEmpty()) {
      return world.cwd();
    }
    var directory = RawText.path(world.cwd(), chosen.get()).normalize();
    if (!Files.isDirectory(directory)) {
      throw new KilnException(
          "could not change to the directory `%s`".formatted(chosen.get()),
          "`-C` takes a directory that exists");
    }
    return directory;
  }

  Settings settings(World world) throws KilnException {
    var cwd = directory(world);
    var frozen = has("--frozen");
    return new Settings(
        cwd,
        world.environment(),
        world.clock(),
        places(world, cwd),
        manifest(cwd),
        all("--config"),
        new Settings.Network(
            frozen ? "--frozen" : has("--locked") ? "--locked" : null, frozen || has("--offline")),
        jobs(),
        new Settings.Choices(
            find("--toolchain").orElse(null),
            find("--sysroot").orElse(null),
            !has("--no-sandbox"),
            new Settings.Unstable(buildsStd(), all("-Z").contains("json-target-spec")),
            verbosity()));
  }

  private @Nullable Path manifest(Path cwd) throws KilnException {
    var given = find("--manifest-path");
    return given.isEmpty() ? null : Workspace.checkManifest(cwd, given.get());
  }

  int verbosity() {
    return has("--quiet") ? -1 : all("--verbose").size();
  }

  TerminalReporter reporter(World world) {
    return new TerminalReporter(
        new TerminalReporter.Streams(world.out(), world.err()),
        new TerminalReporter.Look(coloured(world), verbosity(), barWidth(world)));
  }

  /// Returns `always`, `never` or `auto`: `--color`, then CARGO_TERM_COLOR.
  String color(World world) {
    return find("--color").orElse(world.environment().getOrDefault("CARGO_TERM_COLOR", "auto"));
  }

  /// What is chosen, then NO_COLOR, then whether a terminal reads.
  private boolean coloured(World world) {
    var environment = world.environment();
    return switch (color(world)) {
      case "always" -> true;
      case "never" -> false;
      default ->
          environment.getOrDefault("NO_COLOR", "").isEmpty()
              && !isDumb(environment)
              && world.terminal().columns() > 0;
    };
  }

  /// Cargo: a bar on a terminal that can erase, but not in CI; CARGO_TERM_PROGRESS_WHEN overrules
  /// that, and CARGO_TERM_PROGRESS_WIDTH the width.
  private static IntSupplier barWidth(World world) {
    var environment = world.environment();
    var width = environment.getOrDefault("CARGO_TERM_PROGRESS_WIDTH", "");
    var given = width.isEmpty() || !width.matches("\\d{1,4}") ? 0 : Integer.parseInt(width);
    return switch (environment.getOrDefault("CARGO_TERM_PROGRESS_WHEN", "auto")) {
      case "never" -> () -> 0;
      case "always" -> () -> given > 0 ? given : world.terminal().columns();
      default ->
          isDumb(environment) || environment.containsKey("CI") || world.terminal().columns() == 0
              ? () -> 0
              : () -> given > 0 ? given : world.terminal().columns();
    };
  }

  private static boolean isDumb(Map<String, String> environment) {
    return environment.getOrDefault("TERM", "").equals("dumb");
  }

  /// Cargo: `-j N`, `default`, and less than nothing for all but that many.
  private @Nullable Integer jobs() throws KilnException {
    var text = find("--jobs");
    if (text.isEmpty() || text.get().equals("default")) {
      return null;
    }
    try {
      var jobs = Integer.parseInt(text.get());
      if (jobs == 0) {
        throw new KilnException("jobs may not be 0");
      }
      return jobs > 0 ? jobs : Math.max(1, Runtime.getRuntime().availableProcessors() + jobs);
    } catch (NumberFormatException e) {
      throw new KilnException(
          "could not parse `%s`. Number of parallel jobs should be `default` or a number."
              .formatted(text.get()),
          null,
          e);
    }
  }

  private Settings.Places places(World world, Path cwd) throws KilnException {
    var environment = world.environment();
    var given = find("--store").orElse(requireNonNullElse(environment.get("KILN_STORE"), ""));
    var store = given.isEmpty() ? dataDirectory(world) : RawText.path(cwd, given).normalize();
    var logical =
        find("--store-dir").orElse(requireNonNullElse(environment.get("KILN_STORE_DIR"), ""));
    return new Settings.Places(
        store,
        logical.isEmpty() ? Store.findStoreDir(store).orElse(StoreDir.DEFAULT) : storeDir(logical),
        home(world, "XDG_CACHE_HOME", ".cache"),
        home(world, "XDG_CONFIG_HOME", ".config"));
  }

  private static Path dataDirectory(World world) throws KilnException {
    var directory = home(world, "XDG_DATA_HOME", ".local/share");
    if (directory == null) {
      throw Settings.Places.homeless("XDG_DATA_HOME");
    }
    return directory;
  }

  private static StoreDir storeDir(String logical) throws KilnException {
    var plain = logical.startsWith("/");
    for (var part : logical.substring(plain ? 1 : 0).split("/", -1)) {
      plain &= !part.isEmpty() && !part.equals(".") && !part.equals("..");
    }
    if (!plain) {
      throw new KilnException(
          "the logical store directory `%s` is not an absolute, plain path".formatted(logical),
          "give one such as /kiln/store or /nix/store");
    }
    return new StoreDir(logical);
  }

  /// Returns kiln's own directory below one of the XDG base directories, which count only where
  /// they are absolute; null where neither that nor HOME is set.
  private static @Nullable Path home(World world, String variable, String otherwise) {
    var given = world.environment().getOrDefault(variable, "");
    if (given.startsWith("/")) {
      return world.cwd().resolve(given).resolve("kiln");
    }
    var home = world.environment().getOrDefault("HOME", "");
    return home.isEmpty() ? null : world.cwd().resolve(home).resolve(otherwise).resolve("kiln");
  }
}
