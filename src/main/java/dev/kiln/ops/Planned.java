package dev.kiln.ops;

import dev.kiln.lockfile.Resolution;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.Workspace;
import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.RustcFacts;
import dev.kiln.plan.UnitGraph;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.InstalledRustc;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What planning found: all that building, showing and explaining start from.
///
/// `facts` has every kind that a unit of the graph is for; `environment` are the variables of
/// Cargo's `[env]` that count. `objects` are the store objects of packages that are not path
/// packages, those of the graph among them; such a package's directory is its object.
public record Planned(
    Context context,
    CompileOptions options,
    RustcFacts facts,
    UnitGraph graph,
    SortedMap<PackageId, StorePath> objects) {

  /// Where the plan was made.
  public record Context(
      Workspace workspace,
      CargoConfig config,
      SortedMap<String, String> environment,
      Resolution resolution,
      ChosenToolchain toolchain) {
    public Context {
      environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    }

    InstalledRustc rustc() {
      return toolchain.rustc();
    }
  }

  public Planned {
    objects = Collections.unmodifiableSortedMap(new TreeMap<>(objects));
  }

  /// Returns the same with units changed.
  Planned withGraph(UnitGraph changed) {
    return new Planned(context, options, facts, changed, objects);
  }

  /// Returns the directory of the workspace's root manifest.
  public Path workspaceRoot() {
    return context.workspace().root();
  }

  public Workspace workspace() {
    return context.workspace();
  }

  public CargoConfig config() {
    return context.config();
  }
}
