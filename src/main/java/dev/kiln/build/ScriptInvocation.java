package dev.kiln.build;

import dev.kiln.manifest.CfgExpr.Cfg;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.Unit;
import dev.kiln.plan.UnitProfile;
import dev.kiln.toolchain.CrossTools;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The command line and environment of a build script's run (Cargo: custom_build.rs `build_work`;
/// cargo-build.md §9.1).
///
/// NUM_JOBS and CARGO_MAKEFLAGS are handed in beside, since no output may depend on them.
public final class ScriptInvocation {
  private ScriptInvocation() {}

  /// Returns the invocation of a unit that runs a build script.
  public static Invocation of(BuildContext context, int index, ScriptOutputs outputs) {
    var unit = context.graph().unit(index);
    var program = program(context, unit);
    return new Invocation(
        List.of(program),
        environment(context, index, unit, outputs),
        context.layout().packageRoot(unit.pkg()));
  }

  /// Returns the index of the unit that compiles the script that a unit runs.
  public static int compileUnit(BuildContext context, Unit run) {
    for (var dep : run.dependencies()) {
      var other = context.graph().unit(dep.unit());
      if (other.isBuildScript() && !other.mode().isRunCustomBuild()) {
        return dep.unit();
      }
    }
    throw new IllegalStateException(run.pkg() + " runs a build script that nothing compiles");
  }

  private static String program(BuildContext context, Unit run) {
    int compile = compileUnit(context, run);
    return context.outDir(compile) + "/" + context.graph().unit(compile).target().name();
  }

  private static SortedMap<String, String> environment(
      BuildContext context, int index, Unit unit, ScriptOutputs outputs) {
    var env = PackageEnvironment.fixed();
    env.putAll(context.compiler().configEnv());
    env.putAll(context.compiler().extras(index).environment());
    PackageEnvironment.describe(unit.pkg(), context.layout(), env);
    var profile = unit.profile();
    var host = context.compiler().version().host();
    env.put("OUT_DIR", context.scriptOut(index));
    env.put("TARGET", unit.kind().isHost() ? host : unit.kind().shortName());
    env.put("HOST", host);
    env.put("DEBUG", Boolean.toString(!profile.debuginfo().isNone()));
    env.put("OPT_LEVEL", profile.optLevel());
    env.put("PROFILE", profile.root() == UnitProfile.Root.DEBUG ? "debug" : "release");
    env.put("RUSTC", ToolPaths.RUSTC);
    env.put("RUSTDOC", ToolPaths.RUSTDOC);
    crossTools(context, unit, env);
    if (unit.pkg().links() != null) {
      env.put("CARGO_MANIFEST_LINKS", unit.pkg().links());
    }
    unit.features().forEach(feature -> env.put("CARGO_FEATURE_" + envify(feature), "1"));
    cfgs(context, unit)
        .forEach((name, values) -> env.put("CARGO_CFG_" + envify(name), String.join(",", values)));
    env.put("CARGO_ENCODED_RUSTFLAGS", String.join("\u001f", unit.flags().rustflags()));
    metadata(context, unit, outputs, env);
    env.put(
        "LD_LIBRARY_PATH",
        RustcInvocation.libraryPath(
            context,
            List.of(
                Layout.profileRoot(CompileKind.HOST, profile),
                Layout.deps(CompileKind.HOST, profile),
                ToolPaths.targetLibraries(host)),
            context.scripts().of(index).plugins(),
            outputs));
    return env;
  }

  /// Adds what people expect of a cross build beside what the user has set, and a linker that was
  /// chosen. A flavour of a linker has no variable, so one that needs it is not named.
  private static void crossTools(BuildContext context, Unit unit, SortedMap<String, String> env) {
    var compiler = context.compiler();
    var tools = compiler.tools(unit.kind());
    var configured = compiler.linker(unit.kind());
    var found = tools.linker();
    if (configured != null) {
      env.put("RUSTC_LINKER", configured);
    } else if (found != null && found.flavor() == null) {
      env.put("RUSTC_LINKER", found.program());
    }
    if (!unit.kind().isHost()) {
      env.putAll(tools.environmentBeside(env, unit.kind().shortName()));
    }
    if (!tools.files().isEmpty()) {
      env.merge("PATH", CrossTools.AT + "/bin", (path, more) -> path + ":" + more);
    }
  }

  private static Map<String, List<String>> cfgs(BuildContext context, Unit unit) {
    var values = new TreeMap<String, List<String>>();
    values.put("feature", unit.features());
    if (unit.profile().debugAssertions()) {
      values.put("debug_assertions", List.of());
    }
    for (Cfg cfg : context.compiler().target(unit.kind()).cfgs()) {
      // the query always has debug_assertions; the profile decides
      if (cfg.name().equals("debug_assertions") || cfg.name().equals("proc_macro")) {
        continue;
      }
      if (cfg.value() == null) {
        values.put(cfg.name(), List.of());
      } else {
        var all = new ArrayList<>(values.getOrDefault(cfg.name(), List.of()));
        all.add(cfg.value());
        values.put(cfg.name(), all);
      }
    }
    return values;
  }

  private static void metadata(
      BuildContext context, Unit unit, ScriptOutputs outputs, SortedMap<String, String> env) {
    for (var dep : unit.dependencies()) {
      var other = context.graph().unit(dep.unit());
      var links = other.pkg().links();
      if (other.mode().isRunCustomBuild() && links != null) {
        for (var item : outputs.of(dep.unit()).metadata()) {
          env.put("DEP_" + envify(links) + "_" + envify(item.name()), item.value());
        }
      }
    }
  }

  private static String envify(String name) {
    return name.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
