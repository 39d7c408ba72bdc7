package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.derivation.UnitInputs;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.memo.Memo;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.CompileOptions.Filter;
import dev.kiln.plan.CompileOptions.Filter.Lib;
import dev.kiln.plan.CompileOptions.Filter.Names;
import dev.kiln.plan.CompileOptions.Intent;
import dev.kiln.plan.StdUnits;
import dev.kiln.realise.Realiser;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.SelfContained;
import dev.kiln.toolchain.StdSource;
import dev.kiln.toolchain.TargetInfo;
import dev.kiln.toolchain.Toolchain;
import dev.kiln.toolchain.ToolchainComposition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Builds the standard library for a target from Rust's own sources, as an ordinary workspace: its
/// packages are planned as any, and their units lie in the store as any. What comes of it has the
/// shape of a distribution's `rust-std`.
///
/// Nothing of the user's configuration counts, so that workspaces share what is built.
final class StdFromSource {
  /// Raised whenever the same sources would be built in another way.
  private static final String WAY = "1";

  private final Settings settings;
  private final EventSink events;
  private final Store store;
  private final Memo memo;
  private final ChosenToolchain chosen;

  StdFromSource(
      Settings settings, EventSink events, Store store, Memo memo, ChosenToolchain chosen) {
    this.settings = settings;
    this.events = events;
    this.store = store;
    this.memo = memo;
    this.chosen = chosen;
  }

  /// Where `library/` is, and for musl and WASI what stands in `self-contained/` (null where the
  /// target needs none); `linker` is the one that the user names for the target, null for none.
  record Sources(
      Path library, @Nullable Map<String, Path> selfContained, @Nullable String linker) {}

  /// Returns the object that holds the target's standard library alone.
  StorePath build(Toolchain toolchain, CompileKind kind, TargetInfo info, Sources sources)
      throws KilnException, InterruptedException {
    var source =
        new StdSource(store, memo)
            .prepare(
                sources.library(),
                toolchain.version().release(),
                !is(info, "target_vendor", "apple"));
    var parts = parts(kind, sources);
    var key =
        String.join(
            "\n",
            WAY,
            store.storeDir().path(),
            toolchain.object().baseName(),
            source.baseName(),
            kind.shortName(),
            info.cfgs().toString(),
            parts == null ? "" : parts.baseName(),
            String.valueOf(sources.linker()));
    var known = memo.find("std-from-source", key).map(StorePath::new);
    if (known.isPresent() && store.isValid(known.get())) {
      return known.get();
    }
    events.accept(
        new BuildEvent.Status("Building", "Rust's standard library for " + kind.shortName()));
    var std = realise(toolchain, kind, info, inner(source, kind, sources.linker()), parts);
    memo.keep("std-from-source", key, std.baseName());
    return std;
  }

  /// Returns the object with what programs link besides Rust's own libraries.
  private @Nullable StorePath parts(CompileKind kind, Sources sources) throws KilnException {
    if (sources.selfContained() == null) {
      return null;
    }
    var tree = store.newStaging().resolve("parts");
    var libraries = tree.resolve(libraries(kind));
    try {
      Files.createDirectories(libraries.resolve("self-contained"));
      for (var file : sources.selfContained().entrySet()) {
        boolean isInput = file.getKey().equals(SelfContained.UNWIND);
        Files.copy(
            file.getValue(),
            (isInput ? libraries : libraries.resolve("self-contained")).resolve(file.getKey()));
      }
    } catch (IOException e) {
      throw new KilnException("cannot copy the start files for " + kind.shortName(), null, e);
    }
    return store.adopt("self-contained-" + kind.shortName(), tree, Collections.emptySortedSet());
  }

  private static String libraries(CompileKind kind) {
    return "lib/rustlib/" + kind.shortName() + "/lib";
  }

  private StorePath realise(
      Toolchain toolchain,
      CompileKind kind,
      TargetInfo info,
      Settings inner,
      @Nullable StorePath parts)
      throws KilnException, InterruptedException {
    var said = new ArrayList<String>();
    EventSink heard = event -> hear(event, said);
    var compiler =
        parts == null
            ? toolchain.object()
            : new ToolchainComposition(store, memo).compose(toolchain.object(), parts);
    var planned = PlanOperation.run(inner, options(kind, info, parts), heard, chosen);
    planned = planned.withGraph(StdUnits.mark(planned.graph()));
    var ground = BuildGround.prepare(inner, planned, heard, (_, _) -> compiler);
    var outcome =
        Realiser.realise(
            ground.setup(
                heard, new Realiser.Choices(false, false, false, false, System.nanoTime())));
    if (!outcome.success()) {
      throw new KilnException(
          "cannot build Rust's standard library for " + kind.shortName(),
          null,
          new KilnException(String.join("\n", said)));
    }
    return collect(toolchain, kind, planned, outcome, parts);
  }

  /// Returns settings for the sources alone: no configuration file of the user's is in reach.
  private Settings inner(StorePath source, CompileKind kind, @Nullable String linker)
      throws KilnException {
    var library = store.physical(source);
    var version = chosen.rustc().version();
    var virtual = "/rustc/" + version.commit().orElse(version.release()) + "/library";
    var configuration = new ArrayList<String>();
    configuration.add("env.RUSTC_BOOTSTRAP=\"1\"");
    configuration.add("profile.release.debug=1");
    configuration.add(
        "build.rustflags=[\"-Cembed-bitcode=yes\",\"-Zunstable-options\","
            + "\"-Cforce-frame-pointers=non-leaf\","
            + "\"--remap-path-prefix=/build/ws=%s\",".formatted(virtual)
            + "\"--remap-path-prefix=/build/cargo/registry/src=/rust/deps\"]");
    if (linker != null) {
      configuration.add("target.\"%s\".linker=\"%s\"".formatted(kind.shortName(), linker));
    }
    if (Files.isDirectory(library.resolve("vendor"))) {
      configuration.add("source.crates-io.replace-with=\"vendored\"");
      configuration.add("source.vendored.directory=\"" + library.resolve("vendor") + "\"");
    }
    var environment = new TreeMap<String, String>();
    for (var name : List.of("PATH", "LD_LIBRARY_PATH")) {
      environment.put(name, settings.environment().getOrDefault(name, ""));
    }
    environment.put("CARGO_HOME", settings.places().cache().resolve("no-cargo-home").toString());
    environment.put("RUSTC_BOOTSTRAP", "1");
    return new Settings(
        settings.cwd().resolve("/"),
        environment,
        settings.clock(),
        settings.places(),
        library.resolve("Cargo.toml"),
        configuration,
        // the sources' lock file names packages that only tests need
        new Settings.Network(null, settings.network().offline()),
        settings.jobs(),
        settings.choices());
  }

  /// Returns what is built: all that `sysroot` leads to, or `alloc` for a target without a system.
  private CompileOptions options(CompileKind kind, TargetInfo info, @Nullable StorePath parts) {
    var specs = new ArrayList<String>();
    var features = new ArrayList<String>();
    if (is(info, "target_os", "none")) {
      specs.add("alloc");
      features.add("alloc/compiler-builtins-mem");
    } else {
      specs.add("sysroot");
      features.addAll(List.of("sysroot/panic-unwind", "sysroot/backtrace"));
    }
    if (is(info, "target_env", "musl")) {
      if (parts != null && hasInput(kind, parts)) {
        specs.add(StdSource.MUSL_UNWIND);
      }
      features.add("sysroot/llvm-libunwind");
    }
    return new CompileOptions(
        Intent.BUILD,
        new CompileOptions.Packages(specs, false, List.of()),
        new Filter(Lib.REQUIRED, Names.NONE, Names.NONE, Names.NONE, Names.NONE, false),
        new CompileOptions.Features(features, false, false),
        "release",
        List.of(String.valueOf(kind.triple())),
        true);
  }

  /// Says whether the unwinder for musl has to be made.
  private boolean hasInput(CompileKind kind, StorePath parts) {
    return Files.exists(
        store.physical(parts).resolve(libraries(kind)).resolve(SelfContained.UNWIND));
  }

  private static boolean is(TargetInfo info, String cfg, String value) {
    return info.cfgs().stream().anyMatch(c -> c.name().equals(cfg) && value.equals(c.value()));
  }

  /// Lays the libraries out as a distribution does.
  private StorePath collect(
      Toolchain toolchain,
      CompileKind kind,
      Planned planned,
      Realiser.Outcome outcome,
      @Nullable StorePath parts)
      throws KilnException {
    var tree = store.newStaging().resolve("std");
    var libraries = tree.resolve(libraries(kind));
    try {
      Files.createDirectories(libraries);
      for (int i = 0; i < planned.graph().units().size(); i++) {
        var unit = planned.graph().unit(i);
        if (unit.kind().isHost() || !unit.target().isLib()) {
          continue;
        }
        for (var output : outcome.inputs().get(i).outputs().entrySet()) {
          if (output.getKey().equals(UnitInputs.RMETA)) {
            continue;
          }
          if (unit.pkg().name().equals(StdSource.MUSL_UNWIND)) {
            copy(output.getValue(), Files.createDirectories(libraries.resolve("self-contained")));
          } else {
            copy(output.getValue(), libraries);
          }
        }
      }
      if (parts != null) {
        copy(
            store.physical(parts).resolve(libraries(kind)).resolve("self-contained"),
            Files.createDirectories(libraries.resolve("self-contained")));
      }
    } catch (IOException e) {
      throw new KilnException(
          "cannot lay out the standard library for " + kind.shortName(), null, e);
    }
    return store.adopt(
        "rust-std-" + toolchain.version().release() + "-" + kind.shortName(),
        tree,
        Collections.emptySortedSet());
  }

  private void copy(StorePath object, Path to) throws IOException {
    copy(store.physical(object), to);
  }

  /// Copies the files of a flat directory; the unwinder is a library of Rust's by another name.
  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.newDirectoryStream(from)) {
      for (var file : files) {
        var name = String.valueOf(file.getFileName());
        if (!name.endsWith(".rmeta")) {
          boolean isUnwinder = name.startsWith("lib" + StdSource.MUSL_UNWIND);
          Files.copy(file, to.resolve(isUnwinder ? "libunwind.a" : name));
        }
      }
    }
  }

  private static String plain(String coloured) {
    return coloured.replaceAll("\u001b\\[[0-9;]*m", "").stripTrailing();
  }

  private static void hear(BuildEvent event, List<String> said) {
    switch (event) {
      case BuildEvent.UnitFailed failed -> said.add(plain(failed.text()));
      case BuildEvent.Diagnostic diagnostic -> said.add(plain(diagnostic.rendered()));
      default -> {
        // of a library that the user did not write nothing else is of interest
      }
    }
  }
}
