package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.VersionReq;
import dev.kiln.manifest.Workspace;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Builds a published crate, or one of the user's, and copies its programs to where a PATH finds
/// them (Cargo: ops/cargo_install.rs).
///
/// A published crate is built by the Cargo.lock inside it: what its author tested.
public final class InstallOperation {
  private final Settings settings;
  private final Request request;
  private final EventSink events;
  private final CargoConfig config;

  /// What to install: a crate of a registry, or the package in `path` where that is given; `root`
  /// is `--root`.
  public record Request(
      String crate,
      VersionReq version,
      @Nullable String registry,
      @Nullable Path path,
      @Nullable Path root,
      boolean force) {}

  private InstallOperation(Settings settings, Request request, EventSink events)
      throws KilnException {
    this.settings = settings;
    this.request = request;
    this.events = events;
    this.config = Surroundings.config(settings);
  }

  /// Installs; answers whether all was built.
  public static boolean run(
      Settings settings, Request request, BuildOptions options, EventSink events)
      throws KilnException, InterruptedException {
    return new InstallOperation(settings, request, events).run(options);
  }

  private boolean run(BuildOptions options) throws KilnException, InterruptedException {
    var root = new InstallRoot(root());
    var path = request.path();
    BuildResult result;
    if (path == null) {
      var found =
          new InstallSource(settings, config, events)
              .find(request.crate(), request.version(), request.registry());
      events.accept(new BuildEvent.Status("Installing", found.id().toString()));
      var there = settings.withManifestPath(found.directory().resolve("Cargo.toml"));
      result = BuildOperation.run(there, options, this::withoutWarnings);
    } else {
      var manifest = Workspace.checkManifest(path, "Cargo.toml");
      result = BuildOperation.run(settings.withManifestPath(manifest), options, events);
    }
    if (!result.success() || options.way().dryRun()) {
      return result.success();
    }
    install(result.programs(), root);
    return true;
  }

  /// The warnings of a published crate are its author's.
  private void withoutWarnings(BuildEvent event) {
    if (event instanceof BuildEvent.Diagnostic(var unit, var rendered, var json, var replayed)) {
      var foreign =
          new BuildEvent.UnitLabel(
              unit.index(), unit.verb(), unit.what(), unit.shortName(), unit.described(), false);
      events.accept(new BuildEvent.Diagnostic(foreign, rendered, json, replayed));
    } else {
      events.accept(event);
    }
  }

  private void install(List<BuildResult.Program> programs, InstallRoot root) throws KilnException {
    if (programs.isEmpty()) {
      throw new KilnException(
          "there is nothing to install in `%s`, because it has no binaries"
              .formatted(request.crate()),
          "kiln install installs programs; a library is used as a dependency");
    }
    for (var program : programs) {
      if (!request.force()) {
        root.requireFree(name(program), program.unit().pkg().name());
      }
    }
    for (var program : programs) {
      var pkg = program.unit().pkg();
      events.accept(
          new BuildEvent.Status("Installing", root.programs().resolve(name(program)).toString()));
      root.install(name(program), program.file(), pkg.name());
    }
    var names = programs.stream().map(program -> "`" + name(program) + "`").toList();
    events.accept(
        new BuildEvent.Status(
            "Installed",
            "package `%s` (executable%s %s)"
                .formatted(
                    programs.getFirst().unit().pkg().id(),
                    names.size() == 1 ? "" : "s",
                    String.join(", ", names))));
    warnOfPath(root.programs());
  }

  private static String name(BuildResult.Program program) {
    return String.valueOf(program.file().getFileName());
  }

  private void warnOfPath(Path programs) {
    var path = settings.environment().getOrDefault("PATH", "");
    if (Arrays.stream(path.split(":", -1)).noneMatch(programs.toString()::equals)) {
      events.accept(
          new BuildEvent.Warning(
              "be sure to add `%s` to your PATH to be able to run the installed binaries"
                  .formatted(programs)));
    }
  }

  /// Cargo: `--root`, CARGO_INSTALL_ROOT, `install.root`, CARGO_HOME.
  private Path root() throws KilnException {
    var asked = request.root();
    if (asked != null) {
      return asked;
    }
    var variable = settings.environment().getOrDefault("CARGO_INSTALL_ROOT", "");
    if (!variable.isEmpty()) {
      return settings.cwd().resolve(variable).normalize();
    }
    var configured = config.path("install", "root");
    return Optional.ofNullable(configured != null ? configured : Surroundings.cargoHome(settings))
        .orElseThrow(() ->
            new KilnException(
                "cannot tell where to install: HOME is not set", "name it with `--root DIR`"));
  }
}
