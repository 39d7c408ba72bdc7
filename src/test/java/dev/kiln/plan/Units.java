package dev.kiln.plan;

import dev.kiln.manifest.FeatureValue;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Target;
import dev.kiln.manifest.TargetKind;
import dev.kiln.manifest.Version;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Units for tests: `Units.in(root).lib("a")`, with edges by index.
public final class Units {
  private final Path root;
  private final List<Unit> units = new ArrayList<>();

  private Units(Path root) {
    this.root = root;
  }

  /// Units of path packages below a directory, one folder each.
  public static Units in(Path root) {
    return new Units(root);
  }

  /// The dev profile's values.
  public static final UnitProfile DEV =
      new UnitProfile(
          "dev",
          UnitProfile.Root.DEBUG,
          "0",
          UnitProfile.Lto.FALSE,
          null,
          new UnitProfile.DebugInfo("2", false),
          null,
          true,
          true,
          false,
          false,
          UnitProfile.Panic.UNWIND,
          new UnitProfile.Strip("none", true));

  public int lib(String name, int... dependencies) {
    return add(name, TargetKind.LIB, List.of("lib"), CompileMode.BUILD, dependencies);
  }

  public int procMacro(String name, int... dependencies) {
    return add(name, TargetKind.LIB, List.of("proc-macro"), CompileMode.BUILD, dependencies);
  }

  public int bin(String name, int... dependencies) {
    return add(name, TargetKind.BIN, List.of("bin"), CompileMode.BUILD, dependencies);
  }

  /// Compiles a build script.
  public int script(String name, int... dependencies) {
    return add(name, TargetKind.BUILD_SCRIPT, List.of("bin"), CompileMode.BUILD, dependencies);
  }

  /// Runs a build script.
  public int run(String name, int... dependencies) {
    return add(
        name, TargetKind.BUILD_SCRIPT, List.of("bin"), CompileMode.RUN_CUSTOM_BUILD, dependencies);
  }

  public int add(
      String name,
      TargetKind kind,
      List<String> crateTypes,
      CompileMode mode,
      int... dependencies) {
    var target =
        new Target(
            kind,
            kind == TargetKind.BUILD_SCRIPT ? "build-script-build" : name,
            crateTypes,
            kind == TargetKind.BUILD_SCRIPT ? "build.rs" : "src/lib.rs",
            "2021",
            new Target.Flags(true, false, true, true, true),
            null);
    var edges =
        Arrays.stream(dependencies)
            .mapToObj(i -> new UnitDep(i, units.get(i).target().crateName(), false, false, false))
            .toList();
    units.add(
        new Unit(
            pkg(name, null, target),
            target,
            DEV,
            CompileKind.HOST,
            mode,
            List.of(),
            new Unit.Flags(List.of(), List.of(), new UnitLto.OnlyObject(), false, null),
            edges));
    return units.size() - 1;
  }

  /// A path package with these targets.
  public Package pkg(String name, @Nullable String rustVersion, Target... targets) {
    return new Package(
        new PackageId(
            name, new Version(0, 1, 0, "", ""), SourceId.path("file://" + root.resolve(name))),
        root.resolve(name),
        "2021",
        null,
        List.of(),
        new TreeMap<String, List<FeatureValue>>(),
        List.of(targets),
        new Package.About(
            List.of(), null, null, null, null, null, null, null, rustVersion, List.of(), List.of()),
        new Package.Settings(List.of(), List.of(), null, null, null));
  }

  public UnitGraph graph(Integer... roots) {
    return new UnitGraph(units, List.of(roots));
  }
}
