package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;
import dev.kiln.memo.Memo;
import dev.kiln.plan.CompileKind;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.InstalledRustc;
import dev.kiln.toolchain.SelfContained;
import dev.kiln.toolchain.TargetInfo;
import dev.kiln.toolchain.Toolchain;
import dev.kiln.toolchain.ToolchainComposition;
import dev.kiln.toolchain.ToolchainImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The standard libraries that a toolchain has, and with `-Z build-std` those that its sources
/// make.
final class AvailableStds implements Stds {
  private final Settings settings;
  private final Planned planned;
  private final Store store;
  private final Memo memo;
  private final EventSink events;

  AvailableStds(Settings settings, Planned planned, Store store, Memo memo, EventSink events) {
    this.settings = settings;
    this.planned = planned;
    this.store = store;
    this.memo = memo;
    this.events = events;
  }

  @Override
  public StorePath toolchain(Toolchain host, CompileKind kind)
      throws KilnException, InterruptedException {
    var composition = new ToolchainComposition(store, memo);
    var packages = planned.context().toolchain().packages();
    if (settings.choices().unstable().buildStd()) {
      return composition.compose(host.object(), built(host, kind));
    }
    if (packages != null) {
      var machine = planned.facts().of(kind).info().machine();
      // rustc takes a standard library for that very target alone
      var std = kind.isCustom() ? Optional.<StorePath>empty() : packages.std(machine);
      boolean builds = std.isEmpty() && packages.buildsStd(machine) && compiles(kind);
      if (std.isPresent() || builds) {
        return composition.compose(host.object(), std.isPresent() ? std.get() : built(host, kind));
      }
    }
    var rustc = planned.context().rustc();
    var std = new ToolchainImport(store, memo).std(rustc, kind.shortName());
    if (std.isPresent()) {
      return composition.compose(host.object(), std.get());
    }
    if (!compiles(kind)) {
      return host.object();
    }
    throw new KilnException(
        "the toolchain " + host.name() + " has no standard library for " + kind.shortName(),
        packages == null || kind.isCustom() ? remedy(kind) : packages.remedy(kind.shortName()));
  }

  private boolean compiles(CompileKind kind) {
    return planned.graph().units().stream()
        .anyMatch(unit -> unit.kind().equals(kind) && !unit.mode().isRunCustomBuild());
  }

  /// Returns how a standard library is to be had.
  static String remedy(CompileKind kind) {
    return kind.isCustom()
        ? "build it from Rust's sources with `-Z build-std`, or build with `--toolchain debian-12`"
        : "run `rustup target add "
            + kind.shortName()
            + "`, build with `--toolchain debian-12`, or build the library too with"
            + " `-Z build-std`";
  }

  private StorePath built(Toolchain host, CompileKind kind)
      throws KilnException, InterruptedException {
    var rustc = planned.context().rustc();
    var info = planned.facts().of(kind).info();
    var chosen = planned.context().toolchain();
    var packages = chosen.packages();
    var library = packages == null ? library(rustc) : packages.library();
    var sources =
        new StdFromSource.Sources(
            library,
            selfContained(rustc, kind, info),
            new TargetTables(planned.config(), info).linker());
    return new StdFromSource(settings, events, store, memo, chosen)
        .build(host, kind, info, sources);
  }

  private static Path library(InstalledRustc rustc) throws KilnException {
    var library = rustc.sysroot().resolve("lib/rustlib/src/rust/library");
    if (!Files.isRegularFile(library.resolve("Cargo.lock"))) {
      throw new KilnException(
          library + "/Cargo.lock does not exist, unable to build with the standard library",
          "run `rustup component add rust-src`, or install your distribution's rust-src");
    }
    return library;
  }

  /// Returns what musl and WASI need beside Rust's libraries: the toolchain's own, else the
  /// machine's.
  private @Nullable Map<String, Path> selfContained(
      InstalledRustc rustc, CompileKind kind, TargetInfo info)
      throws KilnException, InterruptedException {
    if (!SelfContained.isNeeded(info)) {
      return null;
    }
    var own = rustc.sysroot().resolve("lib/rustlib/" + kind.shortName() + "/lib/self-contained");
    if (Files.isDirectory(own)) {
      return files(own);
    }
    var chosen = planned.context().toolchain();
    for (var supply : Arrays.asList(chosen.packages(), chosen.sysroot())) {
      var root = supply == null ? Optional.<Path>empty() : supply.parts(info.machine());
      if (root.isPresent()) {
        return new SelfContained(List.of(root.get())).find(info);
      }
    }
    return new SelfContained(List.of(settings.cwd().resolve("/"))).find(info);
  }

  private static Map<String, Path> files(Path directory) throws KilnException {
    var found = new TreeMap<String, Path>();
    try (var files = Files.newDirectoryStream(directory)) {
      files.forEach(file -> found.put(String.valueOf(file.getFileName()), file));
      return found;
    } catch (IOException e) {
      throw new KilnException("cannot read " + directory, null, e);
    }
  }
}
