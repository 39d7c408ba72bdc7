package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.build.Layout;
import dev.kiln.build.Linking;
import dev.kiln.derivation.Platform;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.Unit;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.CrossFinder;
import dev.kiln.toolchain.CrossTools;
import dev.kiln.toolchain.Sysroot;
import dev.kiln.toolchain.Toolchain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What the units of each kind are built with: for the host the toolchain and the machine's C
/// toolchain, for a target the same toolchain with that target's std and what the machine has to
/// link and compile C for it. The host's part is the same whatever targets there are.
final class Platforms {
  private final Settings settings;
  private final Planned planned;
  private final Store store;
  private final KindSysroots sysroots;
  private final Layout layout;
  private final Toolchain toolchain;
  private final Stds stds;
  private final SortedMap<CompileKind, Platform> platforms = new TreeMap<>();
  private final SortedMap<String, Sysroot> seen = new TreeMap<>();
  private final SortedMap<CompileKind, CrossTools> tools = new TreeMap<>();
  private final SortedMap<CompileKind, ConfiguredLinker> linkers = new TreeMap<>();

  private Platforms(
      Settings settings,
      Planned planned,
      Store store,
      Toolchain toolchain,
      KindSysroots sysroots,
      Layout layout,
      Stds stds) {
    this.stds = stds;
    this.settings = settings;
    this.planned = planned;
    this.store = store;
    this.sysroots = sysroots;
    this.layout = layout;
    this.toolchain = toolchain;
  }

  /// Finds out what there is for every kind; fails where a target lacks its standard library or a
  /// linker that some unit needs.
  static Platforms prepare(
      Settings settings,
      Planned planned,
      Store store,
      Toolchain toolchain,
      KindSysroots sysroots,
      Layout layout,
      Stds stds)
      throws KilnException, InterruptedException {
    var made = new Platforms(settings, planned, store, toolchain, sysroots, layout, stds);
    for (var kind : planned.facts().kinds().keySet()) {
      made.add(kind);
    }
    return made;
  }

  /// Returns what each kind is built with.
  SortedMap<CompileKind, Platform> platforms() {
    return Collections.unmodifiableSortedMap(platforms);
  }

  /// Returns what builders see of a sysroot, by the fingerprint that stands for it in keys.
  SortedMap<String, Sysroot> sysroots() {
    return Collections.unmodifiableSortedMap(seen);
  }

  /// Returns what the machine has for each kind's target.
  SortedMap<CompileKind, CrossTools> tools() {
    return Collections.unmodifiableSortedMap(tools);
  }

  /// Returns the linkers that the user names.
  SortedMap<CompileKind, ConfiguredLinker> linkers() {
    return Collections.unmodifiableSortedMap(linkers);
  }

  /// Returns every object that the platforms stand on.
  SortedSet<StorePath> objects() {
    var objects = new TreeSet<StorePath>();
    for (var platform : platforms.values()) {
      objects.add(platform.toolchain());
      objects.addAll(platform.always().values());
      objects.addAll(platform.tools().values());
    }
    return objects;
  }

  private void add(CompileKind kind) throws KilnException, InterruptedException {
    var host = planned.facts().rustc().host();
    var entry = sysroots.of(kind);
    var sysroot = entry.sysroot();
    var sources = new ArrayList<Path>();
    var info = planned.facts().of(kind).info();
    var named = new TargetTables(planned.config(), info).linker();
    if (named != null) {
      linkers.put(kind, ConfiguredLinker.of(named, settings, layout, sysroot));
      sources.addAll(linkers.get(kind).sources());
    }
    if (kind.isHost() || kind.shortName().equals(host)) {
      var fingerprint = fingerprint(entry, sources);
      platforms.put(
          kind, new Platform(toolchain.object(), fingerprint, new TreeMap<>(), new TreeMap<>()));
      return;
    }
    var triple = kind.shortName();
    var lld = store.physical(toolchain.object()).resolve("lib/rustlib/" + host + "/bin/rust-lld");
    var finder = new CrossFinder(entry.sysroots().root(), host, Files.isExecutable(lld));
    var found = kind.isCustom() ? finder.find(triple, info.machine()) : finder.find(triple);
    var object = stds.toolchain(toolchain, kind);
    requireLinker(kind, found);
    tools.put(kind, found);
    var always = new TreeMap<String, StorePath>();
    if (kind.isCustom()) {
      always.put(layout.target(kind), specification(kind));
    }
    var trees = new TreeMap<String, StorePath>();
    if (!found.files().isEmpty()) {
      trees.put(CrossTools.AT, files(triple, found));
    }
    sources.addAll(found.sources());
    var fingerprint = fingerprint(entry, sources);
    platforms.put(kind, new Platform(object, fingerprint, always, trees));
  }

  private String fingerprint(KindSysroots.Entry entry, List<Path> sources)
      throws KilnException, InterruptedException {
    var fingerprint = entry.sysroots().fingerprint(entry.sysroot(), sources).hex();
    seen.put(fingerprint, entry.sysroot());
    return fingerprint;
  }

  private void requireLinker(CompileKind kind, CrossTools found) throws KilnException {
    if (found.missing() != null
        && !linkers.containsKey(kind)
        && units(kind).anyMatch(Platforms::needsLinker)) {
      throw found.missing();
    }
  }

  private static boolean needsLinker(Unit unit) {
    return Linking.happens(unit) && !Linking.isSaid(unit.flags().rustflags());
  }

  private Stream<Unit> units(CompileKind kind) {
    return planned.graph().units().stream().filter(unit -> unit.kind().equals(kind));
  }

  private StorePath specification(CompileKind kind) throws KilnException {
    return store.addText(
        kind.shortName() + ".json",
        text(kind).getBytes(StandardCharsets.UTF_8),
        Collections.emptySortedSet());
  }

  private String text(CompileKind kind) throws KilnException {
    var file = layout.workspaceRoot().resolve(String.valueOf(kind.triple()));
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new KilnException("target path `" + file + "` is not a valid file", null, e);
    }
  }

  private StorePath files(String triple, CrossTools found) throws KilnException {
    var tree = store.newStaging().resolve("cross");
    try {
      for (var entry : found.files().entrySet()) {
        var file = tree.resolve(entry.getKey());
        Files.createDirectories(file.getParent());
        Files.write(file, entry.getValue().getBytes(StandardCharsets.UTF_8));
        Files.setPosixFilePermissions(
            file,
            PosixFilePermissions.fromString(
                entry.getKey().startsWith("bin/") ? "r-xr-xr-x" : "r--r--r--"));
      }
    } catch (IOException e) {
      throw new KilnException("cannot write the tools for " + triple + " to the store", null, e);
    }
    return store.adopt("cross-" + triple, tree, Collections.emptySortedSet());
  }
}
