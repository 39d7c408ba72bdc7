package dev.kiln.ops;

import dev.kiln.build.LinkedScripts;
import dev.kiln.build.PackageEnvironment;
import dev.kiln.build.SharedLibraries;
import dev.kiln.derivation.UnitInputs;
import dev.kiln.store.StorePath;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The environment of a program that kiln runs for the user (Cargo: compilation.rs `fill_env`): the
/// user's own, `[env]`, what the package says of itself, what its build script set, and the library
/// path. Sandbox paths of build scripts' directories become those in the store, unless the program
/// is started where they lead somewhere.
final class ProgramEnvironment {
  private static final String LIBRARY_PATH = "LD_LIBRARY_PATH";

  private final Settings settings;
  private final Planned planned;
  private final BuildGround ground;
  private final List<UnitInputs> inputs;

  ProgramEnvironment(
      Settings settings, Planned planned, BuildGround ground, List<UnitInputs> inputs) {
    this.settings = settings;
    this.planned = planned;
    this.ground = ground;
    this.inputs = inputs;
  }

  /// Returns the environment of a unit's program.
  SortedMap<String, String> of(int index) {
    return of(index, false);
  }

  /// Returns the environment of a unit's program that is started where it was compiled.
  SortedMap<String, String> ofTest(int index) {
    return of(index, true);
  }

  private SortedMap<String, String> of(int index, boolean isInSandbox) {
    var unit = planned.graph().unit(index);
    var env = new TreeMap<>(settings.environment());
    env.putAll(planned.context().environment());
    var directory =
        isInSandbox
            ? ground.context().layout().packageRoot(unit.pkg())
            : unit.pkg().directory().toString();
    PackageEnvironment.describe(unit.pkg(), directory, env);
    var own = LinkedScripts.ownScript(planned.graph(), unit);
    if (own != null) {
      var script = inputs.get(own).script();
      var out = outDirectory(own);
      if (out != null) {
        env.put("OUT_DIR", isInSandbox ? ground.context().scriptOut(own) : out);
      }
      if (script != null) {
        script
            .environment()
            .forEach(v -> env.put(v.name(), isInSandbox ? v.value() : physical(own, v.value())));
      }
    }
    var inherited = env.getOrDefault(LIBRARY_PATH, "");
    var path = libraryPath(index);
    if (!inherited.isEmpty()) {
      path.add(inherited);
    }
    env.put(LIBRARY_PATH, String.join(":", path));
    return env;
  }

  private List<String> libraryPath(int index) {
    var path = new ArrayList<String>();
    for (int script : ground.context().scripts().of(index).toLink()) {
      var said = inputs.get(script).script();
      for (var search : said == null ? List.<String>of() : said.searchPaths()) {
        var place = search.substring(search.indexOf('=') + 1);
        if (place.startsWith(ground.context().scriptOut(script))) {
          path.add(physical(script, place));
        }
      }
    }
    for (int library : SharedLibraries.below(planned.graph(), index)) {
      inputs.get(library).outputs().values().forEach(object -> path.add(physical(object)));
    }
    var kind = planned.graph().unit(index).kind();
    var toolchain = ground.toolchains().get(kind);
    if (toolchain != null) {
      var triple = kind.isHost() ? planned.facts().rustc().host() : kind.shortName();
      path.add(physical(toolchain) + "/lib/rustlib/" + triple + "/lib");
    }
    return path;
  }

  private @Nullable String outDirectory(int script) {
    var object = inputs.get(script).outputs().get(UnitInputs.OUT);
    return object == null ? null : physical(object);
  }

  private String physical(StorePath object) {
    return ground.store().physical(object).toString();
  }

  private String physical(int script, String value) {
    var out = outDirectory(script);
    return out == null ? value : value.replace(ground.context().scriptOut(script), out);
  }
}
