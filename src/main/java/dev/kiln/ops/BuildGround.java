package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.build.BuildContext;
import dev.kiln.build.Layout;
import dev.kiln.build.UnitFiles;
import dev.kiln.builder.Mount;
import dev.kiln.derivation.Derivations;
import dev.kiln.event.EventSink;
import dev.kiln.fetch.LocalSources;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.memo.Memo;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.Unit;
import dev.kiln.process.Command;
import dev.kiln.realise.Realiser;
import dev.kiln.sandbox.LocalBuilder;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.Sysroot;
import dev.kiln.toolchain.ToolchainImport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a build stands on besides its plan: toolchain and sources as store objects, the host's C
/// toolchain, the sandbox, the jobs.
final class BuildGround {
  private final Settings settings;
  private final Planned planned;
  private final Store store;
  private final Platforms platforms;
  private final Map<PackageId, StorePath> sources;
  private final KindSysroots kindSysroots;
  private final Sysroot sysroot;
  private final LocalBuilder builder;
  private final BuildContext context;

  private BuildGround(
      Settings settings, Planned planned, Store store, Memo memo, EventSink events, Stds stds)
      throws KilnException, InterruptedException {
    this.settings = settings;
    this.planned = planned;
    this.store = store;
    store.protectRootRecord(WorkspaceRoots.name(planned.workspaceRoot()));
    refuseImpossibleFiles();
    this.kindSysroots = KindSysroots.of(settings, planned, memo);
    this.sysroot = kindSysroots.of(CompileKind.HOST).sysroot();
    if (planned.graph().units().stream().anyMatch(Unit::requiresUpstreamObjects)) {
      sysroot.requireCompiler();
    }
    this.sources = sources(memo);
    this.builder = Sandboxes.builder(settings, store, events);
    var locals =
        planned.graph().units().stream()
            .map(Unit::pkg)
            .filter(Package::isLocal)
            .map(Package::directory)
            .distinct()
            .toList();
    var layout = Layout.of(planned.workspaceRoot(), locals);
    var packages = planned.context().toolchain().packages();
    var toolchain =
        packages == null
            ? new ToolchainImport(store, memo).require(planned.context().rustc())
            : packages.compiler();
    this.platforms =
        Platforms.prepare(settings, planned, store, toolchain, kindSysroots, layout, stds);
    this.context =
        BuildContext.of(planned.graph(), layout, CompilerFacts.of(planned, settings, platforms));
  }

  /// Prepares; imports the toolchain and takes snapshots of path packages where that is not done.
  ///
  /// `stds` answers for the standard libraries of targets; null is for what the toolchain has and
  /// what can be built.
  static BuildGround prepare(
      Settings settings, Planned planned, EventSink events, @Nullable Stds stds)
      throws KilnException, InterruptedException {
    var store = Store.open(settings.places().storeRoot(), settings.places().storeDir());
    var memo = new Memo(settings.places().cache().resolve("memo"));
    return new BuildGround(
        settings,
        planned,
        store,
        memo,
        events,
        stds == null ? new AvailableStds(settings, planned, store, memo, events) : stds);
  }

  /// Fails for crate types that a target does not have, before anything is built, as Cargo does.
  private void refuseImpossibleFiles() throws KilnException {
    for (var unit : planned.graph().units()) {
      if (!unit.mode().isRunCustomBuild() && !unit.mode().isDoc()) {
        UnitFiles.of(unit, "", planned.facts().of(unit.kind()).info());
      }
    }
  }

  private static Path root(Path any) {
    var root = any.getRoot();
    if (root == null) {
      throw new IllegalStateException(any + " is not absolute");
    }
    return root;
  }

  private Map<PackageId, StorePath> sources(Memo memo) throws KilnException {
    var found = new HashMap<PackageId, StorePath>();
    var local = new LocalSources(store, memo);
    for (var unit : planned.graph().units()) {
      var pkg = unit.pkg();
      if (found.containsKey(pkg.id())) {
        continue;
      }
      var object = planned.objects().get(pkg.id());
      found.put(pkg.id(), object != null ? object : local.snapshot(pkg.id(), pkg.directory()));
    }
    return found;
  }

  Store store() {
    return store;
  }

  BuildContext context() {
    return context;
  }

  /// Returns the root directory of what a kind is built with besides Rust: the machine's, or that
  /// of a tree in the store.
  Path root(CompileKind kind) {
    return kindSysroots.of(kind).sysroots().root();
  }

  /// Returns the toolchain of each kind.
  SortedMap<CompileKind, StorePath> toolchains() {
    var toolchains = new TreeMap<CompileKind, StorePath>();
    platforms.platforms().forEach((kind, platform) -> toolchains.put(kind, platform.toolchain()));
    return toolchains;
  }

  /// Returns the name of the result tree's object: the workspace's directory and the profile.
  String resultName() {
    var directory = planned.workspaceRoot().getFileName();
    var name = (directory == null ? "root" : directory.toString()) + "-result";
    return name.replaceAll("[^0-9a-zA-Z+._?=-]", "_").replaceFirst("^\\.+", "_");
  }

  LocalBuilder builder() {
    return builder;
  }

  Derivations derivations() {
    return new Derivations(context, platforms.platforms(), sources);
  }

  Realiser.Setup setup(EventSink events, Realiser.Choices choices) throws KilnException {
    return new Realiser.Setup(context, derivations(), store, builder, machine(), events, choices);
  }

  private Realiser.Machine machine() throws KilnException {
    return new Realiser.Machine(
        system(),
        ambient(),
        sysroots(),
        settings.choices().sandboxed(),
        Jobs.count(settings, planned),
        this::fifo);
  }

  /// Returns Nix's name of this machine's system: `x86_64-linux`.
  private String system() {
    var host = planned.facts().rustc().host().split("-", -1);
    var os = host.length > 2 ? host[2] : "linux";
    return host[0].toLowerCase(Locale.ROOT) + "-" + (os.equals("apple") ? "darwin" : os);
  }

  /// Returns what units see of this machine.
  LastBuild.Mounts mounts() {
    return new LastBuild.Mounts(ambient(), sysroots());
  }

  /// Returns what is mounted of each sysroot by its fingerprint, and of the host's for units that
  /// name none: rustc itself needs the C library, and its launcher a shell.
  private SortedMap<String, List<Mount>> sysroots() {
    var mounts = new TreeMap<String, List<Mount>>();
    platforms.sysroots().forEach((fingerprint, seen) -> mounts.put(fingerprint, mounts(seen)));
    mounts.put("", mounts(sysroot));
    return mounts;
  }

  private static List<Mount> mounts(Sysroot sysroot) {
    var mounts = new ArrayList<Mount>();
    sysroot.directories().forEach(d -> mounts.add(new Mount.Host(d.at(), d.source())));
    sysroot.links().forEach(link -> mounts.add(new Mount.Symlink(link.at(), link.target())));
    return mounts;
  }

  private List<Mount> ambient() {
    var mounts = new ArrayList<Mount>();
    platforms.linkers().values().stream()
        .flatMap(linker -> linker.mounts().stream())
        .distinct()
        .forEach(d -> mounts.add(new Mount.Host(d.at(), d.source())));
    var layout = context.layout();
    var trees = new TreeMap<String, Path>();
    trees.put(layout.root(), planned.workspaceRoot());
    for (var unit : planned.graph().units()) {
      var pkg = unit.pkg();
      if (pkg.isLocal() && !pkg.directory().startsWith(planned.workspaceRoot())) {
        trees.put(layout.packageRoot(pkg), pkg.directory());
      }
    }
    trees.forEach((at, directory) -> mounts.add(new Mount.Host(at, directory)));
    return mounts;
  }

  private Path fifo() throws KilnException, InterruptedException {
    var fifo = store.newStaging().resolve("jobserver");
    var made =
        new Command(List.of(mkfifo(), fifo.toString()), settings.cwd(), settings.environment())
            .capture();
    if (made.exit().code() != 0) {
      throw new KilnException("cannot make a FIFO for the jobserver: " + made.stderr().strip());
    }
    return fifo;
  }

  /// Returns where mkfifo is, whatever PATH says.
  private String mkfifo() {
    for (var directory : Sysroot.SEARCH_PATH.split(":", -1)) {
      var file = root(settings.cwd()).resolve(directory.substring(1)).resolve("mkfifo");
      if (Files.isExecutable(file)) {
        return file.toString();
      }
    }
    return "mkfifo";
  }

  /// Writes the workspace's root record: everything that this build used or made.
  void keep(Realiser.Outcome outcome, @Nullable Path link, @Nullable Path tree)
      throws KilnException {
    var used = new TreeSet<StorePath>(sources.values());
    used.addAll(platforms.objects());
    for (var packages :
        Arrays.asList(
            planned.context().toolchain().packages(), planned.context().toolchain().sysroot())) {
      used.addAll(packages == null ? List.of() : packages.used());
    }
    for (var result : outcome.results()) {
      if (result.derivation() != null && !result.outputs().isEmpty()) {
        used.add(result.derivation());
        used.addAll(result.outputs().values());
      }
    }
    if (tree != null) {
      used.add(new StorePath(tree.getFileName().toString()));
    }
    store.writeRootRecord(
        WorkspaceRoots.name(planned.workspaceRoot()),
        link == null ? "" : settings.cwd().resolve(link).toString(),
        used);
  }
}
