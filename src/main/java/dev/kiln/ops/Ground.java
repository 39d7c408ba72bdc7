package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.fetch.Fetcher;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.fetch.SourceMap;
import dev.kiln.lockfile.Lockfile;
import dev.kiln.lockfile.Resolution;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.ConfigCheck;
import dev.kiln.manifest.ConfigValue;
import dev.kiln.manifest.KilnToml;
import dev.kiln.manifest.ManifestReader;
import dev.kiln.manifest.Nearest;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.Workspace;
import dev.kiln.memo.Memo;
import dev.kiln.ops.toolchains.DebianSupply;
import dev.kiln.ops.toolchains.Supplies;
import dev.kiln.ops.toolchains.Supply;
import dev.kiln.ops.toolchains.ToolchainFiles;
import dev.kiln.plan.RustcFacts;
import dev.kiln.process.Command;
import dev.kiln.resolve.PackageGraph;
import dev.kiln.resolve.UnifiedFeatures;
import dev.kiln.store.Store;
import dev.kiln.toml.TomlReader;
import dev.kiln.toolchain.Compiler;
import dev.kiln.toolchain.InstalledRustc;
import dev.kiln.toolchain.Runner;
import dev.kiln.toolchain.RustcChoice;
import dev.kiln.toolchain.RustcFinder;
import dev.kiln.toolchain.RustcProbe;
import dev.kiln.toolchain.ToolchainPin;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// What every command about a workspace stands on, read once each: manifest, configuration,
/// workspace, lock file, packages, rustc.
final class Ground implements AutoCloseable {
  private final Settings settings;
  private final EventSink events;
  private final Memo memo;
  private final CargoConfig config;
  private final Workspace workspace;
  private @Nullable Located located;

  /// What is only known once the lock file has been read.
  private record Located(Resolution resolution, Fetcher fetcher, StorePackages packages) {}

  private final ManifestReader reader;
  private final @Nullable Path home;

  private Ground(Settings settings, EventSink events) throws KilnException {
    this.settings = settings;
    this.events = events;
    this.memo = new Memo(settings.places().cache().resolve("memo"));
    var manifest = settings.manifestPath();
    var found = manifest == null ? Workspace.findManifest(settings.cwd()) : manifest;
    this.home = Surroundings.cargoHome(settings);
    this.config = config(found);
    if (settings.choices().verbosity() == 0
        && isTrue(config.value("term", "verbose"))
        && isTrue(config.value("term", "quiet"))) {
      throw new KilnException("cannot set both `term.verbose` and `term.quiet`");
    }
    this.reader = new ManifestReader(config, TomlReader.remembering(memo));
    this.workspace = Workspace.load(reader, found);
  }

  private CargoConfig config(Path manifest) throws KilnException {
    try {
      return CargoConfig.load(settings.cwd(), home, settings.environment(), settings.configArgs());
    } catch (KilnException e) {
      if (!settings.configArgs().isEmpty()) {
        throw e; // `--config` makes Cargo load everything at once
      }
      var broken = CargoConfig.broken(settings.cwd(), home, e);
      Workspace.findRoot(new ManifestReader(broken, TomlReader.remembering(memo)), manifest);
      throw e;
    }
  }

  private static boolean isTrue(@Nullable ConfigValue value) {
    return value instanceof ConfigValue.Bool bool && bool.value();
  }

  /// Checks what Cargo reads of the configuration whenever it opens a workspace.
  private void checkConfiguration() throws KilnException {
    if (settings.environment().getOrDefault("CARGO_TARGET_DIR", "target").isEmpty()) {
      throw new KilnException(
          "the target directory is set to an empty string in the `CARGO_TARGET_DIR` environment"
              + " variable");
    }
    ConfigCheck.check(config, this::warn, "build");
    ConfigCheck.check(config, this::warn, "resolver");
    if (config.string("resolver", "feature-unification") != null) {
      warn("ignoring `resolver.feature-unification` without `-Zfeature-unification`");
    }
    if (config.string("resolver", "lockfile-path") != null) {
      warn("ignoring `resolver.lockfile-path`, pass `-Zlockfile-path` to enable it");
    }
  }

  /// Reads what the settings point at, and says what Cargo would warn of.
  static Ground read(Settings settings, EventSink events) throws KilnException {
    var ground = new Ground(settings, events);
    ground.config.warnings().forEach(ground::warn);
    ground.workspace.notices().forEach(ground::warn);
    ground.checkConfiguration();
    return ground;
  }

  CargoConfig config() {
    return config;
  }

  Workspace workspace() {
    return workspace;
  }

  Resolution resolution() throws KilnException, InterruptedException {
    return located().resolution();
  }

  StorePackages packages() throws KilnException, InterruptedException {
    return located().packages();
  }

  /// Reads sources and lock file when they are first asked for: Cargo complains of manifests,
  /// rustc, selection and features before that.
  private Located located() throws KilnException, InterruptedException {
    var known = located;
    if (known == null) {
      ConfigCheck.check(config, this::warn, "source");
      var sources = SourceMap.of(config);
      var lock = Lockfile.find(workspace.lockfile()).orElse(null);
      var store = Store.open(settings.places().storeRoot(), settings.places().storeDir());
      var fetcher =
          new Fetcher(
              store,
              memo,
              sources,
              HttpSettings.of(config, settings.network().offline()),
              new Fetcher.Caches(settings.places().cache().resolve("crates"), home),
              events);
      var resolution =
          Resolution.of(workspace, lock, settings.network().lockedBy(), fetcher.offers());
      var packages = new StorePackages(workspace, resolution, reader, store, fetcher, memo);
      var graph = new PackageGraph(resolution, packages);
      if (!graph.hasSubstitutes()) {
        var members = workspace.members().stream().map(Package::id).toList();
        UnifiedFeatures.checkLoaded(graph, packages, members);
      }
      known = new Located(resolution, fetcher, packages);
      located = known;
      resolution.warnings().forEach(this::warn);
      ConfigCheck.check(config, this::warn, "http");
    }
    return known;
  }

  /// Says what is odd in the manifests, and fails where Cargo would before it builds: what Cargo
  /// does for commands that compile.
  void checkWorkspace() throws KilnException {
    workspace.warnings().forEach(this::warn);
    workspace.requireSound();
    ConfigCheck.check(config, this::warn, "term");
  }

  void warn(String text) {
    if (settings.choices().verbosity() == 0 && isTrue(config.value("term", "quiet"))) {
      return;
    }
    events.accept(new BuildEvent.Warning(text));
  }

  /// Returns `[env]` as far as it counts.
  SortedMap<String, String> environment() throws KilnException {
    return ConfiguredEnvironment.of(config);
  }

  InstalledRustc rustc() throws KilnException, InterruptedException {
    return toolchain().rustc();
  }

  /// Returns what the command line, else kiln.toml chooses. Packages of a toolchain file bring
  /// their own sysroot along; everything else takes the machine's.
  ChosenToolchain toolchain() throws KilnException, InterruptedException {
    var file = KilnToml.read(workspace.root());
    var choices = settings.choices();
    var name = choices.toolchain() != null ? choices.toolchain() : file.toolchain();
    if (name == null) {
      name = pinned();
    }
    var sysrootName = choices.sysroot() != null ? choices.sysroot() : file.sysroot();
    var packages = name == null ? Optional.<Supply>empty() : supplies().find(name);
    var rustc = packages.isPresent() ? packages.get().rustc() : installed(name);
    DebianSupply sysroot = packages.orElse(null) instanceof DebianSupply own ? own : null;
    if ("host".equals(sysrootName)) {
      sysroot = null;
    } else if (sysrootName != null && !sysrootName.equals(name)) {
      sysroot = supplies().requireSysroot(sysrootName);
    }
    return new ChosenToolchain(rustc, packages.orElse(null), sysroot);
  }

  /// Returns the channel that `rust-toolchain(.toml)` asks for where there is a toolchain file of
  /// that name; null lets rustup's files decide.
  private @Nullable String pinned() throws KilnException {
    var pin = finder().pinned(choice(null)).map(ToolchainPin::channel);
    return pin.isPresent() && supplies().find(pin.get()).isPresent() ? pin.get() : null;
  }

  private Supplies supplies() throws KilnException {
    return new Supplies(
        settings,
        new ToolchainFiles(workspace.root(), settings.places().config()),
        HttpSettings.of(config, settings.network().offline()),
        events);
  }

  private InstalledRustc installed(@Nullable String toolchain)
      throws KilnException, InterruptedException {
    try {
      var rustc = finder().find(choice(toolchain));
      RustcWrappers.check(config, settings.environment(), settings.cwd());
      return rustc;
    } catch (KilnException e) {
      var files = new ToolchainFiles(workspace.root(), settings.places().config()).names();
      var near = toolchain == null ? Optional.<String>empty() : Nearest.to(toolchain, files);
      throw near.isEmpty()
          ? e
          : new KilnException(
              String.valueOf(e.getMessage()), "did you mean `" + near.get() + "`?", e.getCause());
    }
  }

  private RustcFinder finder() {
    return new RustcFinder(memo, runner());
  }

  private RustcChoice choice(@Nullable String toolchain) throws KilnException {
    return new RustcChoice(
        settings.cwd(), settings.environment(), config.program("build", "rustc"), toolchain);
  }

  RustcFacts facts(InstalledRustc rustc, List<String> targets)
      throws KilnException, InterruptedException {
    var probe =
        new RustcProbe(memo, runner(), settings.environment(), environment(), settings.cwd());
    var overrides = KilnToml.read(workspace.root()).overrides();
    return new RustcFactsReader(
            config, probe, Compiler.of(rustc), rustc.version(), overrides, this::warn)
        .read(targets, settings.choices().unstable().jsonTargetSpec());
  }

  private static Runner runner() {
    return question -> {
      var captured =
          new Command(question.argv(), question.directory(), question.environment()).capture();
      return new Runner.Answer(captured.exit().code(), captured.stdout(), captured.stderr());
    };
  }

  @Override
  public void close() {
    if (located != null) {
      located.fetcher().close();
    }
  }
}
