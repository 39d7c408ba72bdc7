package dev.kiln.build;

import dev.kiln.KilnException;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.UnitGraph;
import dev.kiln.toolchain.CrossTools;
import dev.kiln.toolchain.RustcVersion;
import dev.kiln.toolchain.TargetInfo;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Everything about a build that does not change while it runs (Cargo: BuildContext): what command
/// lines are made of, besides what build scripts will say.
public record BuildContext(
    UnitGraph graph,
    Layout layout,
    Identities identities,
    LinkedScripts scripts,
    Compiler compiler,
    Set<String> primaryPackages) {

  /// What is known of rustc and of the configuration for it: facts, linkers and the tools of a
  /// cross build per kind, the `[env]` table, what kiln.toml adds to units by their index, whether
  /// `-vv` asks for the warnings of dependencies, and whether the workspace itself is somebody
  /// else's (`install`), so that its lints are capped as a dependency's.
  public record Compiler(
      RustcVersion version,
      SortedMap<CompileKind, TargetInfo> targets,
      SortedMap<CompileKind, String> linkers,
      SortedMap<CompileKind, CrossTools> tools,
      SortedMap<String, String> configEnv,
      SortedMap<Integer, UnitExtras> extras,
      boolean veryVerbose,
      boolean isForeign) {
    public Compiler {
      targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
      linkers = Collections.unmodifiableSortedMap(new TreeMap<>(linkers));
      tools = Collections.unmodifiableSortedMap(new TreeMap<>(tools));
      configEnv = Collections.unmodifiableSortedMap(new TreeMap<>(configEnv));
      extras = Collections.unmodifiableSortedMap(new TreeMap<>(extras));
    }

    /// Returns what rustc says of a kind's target.
    public TargetInfo target(CompileKind kind) {
      var info = targets.get(kind);
      if (info == null) {
        throw new IllegalStateException("no facts were asked for " + kind);
      }
      return info;
    }

    /// Returns the configured linker of a kind as a sandbox path or name, or null.
    public @Nullable String linker(CompileKind kind) {
      return linkers.get(kind);
    }

    /// Returns what the machine has for a kind's target, beside what the user names.
    public CrossTools tools(CompileKind kind) {
      return tools.getOrDefault(kind, CrossTools.NONE);
    }

    /// Returns what kiln.toml adds to a unit.
    UnitExtras extras(int index) {
      return extras.getOrDefault(index, UnitExtras.NONE);
    }

    public boolean isNightly() {
      return version.release().contains("nightly") || version.release().contains("-dev");
    }
  }

  public BuildContext {
    primaryPackages = Collections.unmodifiableSet(new TreeSet<>(primaryPackages));
  }

  /// Returns the context of a graph.
  public static BuildContext of(UnitGraph graph, Layout layout, Compiler compiler) {
    var primary = new TreeSet<String>();
    for (int root : graph.roots()) {
      primary.add(graph.unit(root).pkg().id().toSpec());
    }
    return new BuildContext(
        graph,
        layout,
        Identities.of(graph, layout, compiler.version().verbose()),
        new LinkedScripts(graph),
        compiler,
        primary);
  }

  /// Returns the directory that rustc writes a unit's files to (Cargo:
  /// `CompilationFiles::out_dir`).
  public String outDir(int index) {
    var unit = graph.unit(index);
    if (unit.isBuildScript()) {
      return Layout.scriptDirectory(unit, identities.extra(index));
    }
    return switch (unit.target().kind()) {
      case EXAMPLE -> Layout.profileRoot(unit.kind(), unit.profile()) + "/examples";
      default -> Layout.deps(unit.kind(), unit.profile());
    };
  }

  /// Returns the OUT_DIR of the unit that runs a build script.
  public String scriptOut(int runUnit) {
    return Layout.scriptDirectory(graph.unit(runUnit), identities.extra(runUnit)) + "/out";
  }

  /// Returns the files of a unit that rustc compiles.
  public UnitFiles files(int index) throws KilnException {
    var unit = graph.unit(index);
    return UnitFiles.of(unit, identities.extra(index), compiler.target(unit.kind()));
  }

  boolean isPrimary(int index) {
    return primaryPackages.contains(graph.unit(index).pkg().id().toSpec());
  }
}
