package dev.kiln.build;

import dev.kiln.KilnException;
import dev.kiln.build.UnitFiles.Flavor;
import dev.kiln.manifest.Package;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.Unit;
import dev.kiln.plan.UnitDep;
import dev.kiln.plan.UnitLto;
import dev.kiln.plan.UnitProfile.Panic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;

/// The command line and environment of rustc for one unit, in Cargo's order (Cargo: compiler/mod.rs
/// `prepare_rustc`, `build_base_args`, `build_deps_args`, `add_native_deps`, `add_custom_flags`;
/// cargo-build.md §7).
public final class RustcInvocation {
  private static final String LIBRARY_PATH = "LD_LIBRARY_PATH";

  private final BuildContext context;
  private final int index;
  private final Unit unit;
  private final ScriptOutputs outputs;
  private final List<String> args = new ArrayList<>();

  private RustcInvocation(BuildContext context, int index, ScriptOutputs outputs) {
    this.context = context;
    this.index = index;
    this.unit = context.graph().unit(index);
    this.outputs = outputs;
  }

  /// Returns the invocation of a unit that compiles.
  ///
  /// Throws where the target cannot have the unit's crate types.
  public static Invocation of(BuildContext context, int index, ScriptOutputs outputs)
      throws KilnException {
    return new RustcInvocation(context, index, outputs).build();
  }

  /// Returns the arguments that documentation tests of a library have in common with the library:
  /// dependencies, features, and what build scripts said.
  static List<String> ofDoctest(BuildContext context, int index, ScriptOutputs outputs)
      throws KilnException {
    var made = new RustcInvocation(context, index, outputs);
    made.linker();
    made.dependencies();
    made.searchPaths(context.scripts().of(index).toLink()).forEach(path -> made.add("-L", path));
    lto(made.unit.flags().lto(), made.args);
    made.features();
    var own = LinkedScripts.ownScript(context.graph(), made.unit);
    if (own != null) {
      made.configuration(own);
      outputs.of(own).linkArgs().stream()
          .filter(arg -> arg.appliesTo(made.unit.target(), true))
          .forEach(arg -> made.add("-C", "link-arg=" + arg.arg()));
    }
    return made.args;
  }

  /// Returns the environment of those tests: a library's, with the native libraries in reach.
  static SortedMap<String, String> doctestEnvironment(
      BuildContext context, int index, ScriptOutputs outputs) {
    var made = new RustcInvocation(context, index, outputs);
    var env = made.environment();
    env.put(
        LIBRARY_PATH,
        libraryPath(
            context,
            List.of(Layout.deps(CompileKind.HOST, made.unit.profile())),
            context.scripts().of(index).toLink(),
            outputs));
    return env;
  }

  private Invocation build() throws KilnException {
    args.add(ToolPaths.RUSTC);
    args.add("--crate-name");
    args.add(unit.target().crateName());
    args.add("--edition=" + unit.target().edition());
    args.add(sourcePath());
    args.add("--error-format=json");
    args.add("--json=diagnostic-rendered-ansi,artifacts,future-incompat");
    kindOfOutput();
    codegen();
    assertions();
    if (unit.mode().isRustcTest()) {
      if (unit.target().flags().harness()) {
        args.add("--test");
      } else {
        add("--cfg", "test");
      }
    }
    features();
    names();
    dependencies();
    if (!unit.isLocal() || context.compiler().isForeign()) {
      add("--cap-lints", context.compiler().veryVerbose() ? "warn" : "allow");
    }
    args.addAll(unit.flags().rustflags());
    scripts();
    if (Linking.happens(unit) && !unit.isBuildScript()) {
      context.compiler().extras(index).linkArguments().forEach(arg -> add("-C", "link-arg=" + arg));
    }
    return new Invocation(args, environment(), cwd(context.layout(), unit));
  }

  /// Returns rustc's working directory: the workspace's root for what lies below it, the package's
  /// own otherwise (Cargo: `path_args`).
  static String cwd(Layout layout, Unit unit) {
    return isInWorkspace(layout, unit.pkg()) ? layout.root() : layout.packageRoot(unit.pkg());
  }

  private static boolean isInWorkspace(Layout layout, Package pkg) {
    return pkg.isLocal() && pkg.directory().startsWith(layout.workspaceRoot());
  }

  private String sourcePath() {
    return sourcePath(context.layout(), unit);
  }

  static String sourcePath(Layout layout, Unit unit) {
    var pkg = unit.pkg();
    if (pkg.isLocal()) {
      var source = pkg.directory().resolve(unit.target().path()).normalize();
      return source.startsWith(layout.workspaceRoot())
          ? layout.workspaceRoot().relativize(source).toString()
          : layout.place(source);
    }
    return layout.packageRoot(pkg) + "/" + unit.target().path();
  }

  private void kindOfOutput() {
    var target = unit.target();
    if (!unit.mode().isRustcTest()) {
      target.crateTypes().forEach(type -> add("--crate-type", type));
    }
    if (unit.mode().isCheck()) {
      args.add("--emit=dep-info,metadata");
    } else if (unit.requiresUpstreamObjects()) {
      args.add("--emit=dep-info,link");
    } else {
      args.add("--emit=dep-info,metadata,link");
    }
    boolean sharedDependency = target.crateTypes().contains("dylib") && !context.isPrimary(index);
    if (target.isProcMacro() || sharedDependency) {
      add("-C", "prefer-dynamic");
    }
  }

  private void codegen() {
    var profile = unit.profile();
    if (!profile.optLevel().equals("0")) {
      add("-C", "opt-level=" + profile.optLevel());
    }
    if (profile.panic() == Panic.ABORT) {
      add("-C", "panic=abort");
    }
    lto(unit.flags().lto(), args);
    if (profile.codegenUnits() != null) {
      add("-C", "codegen-units=" + profile.codegenUnits());
    }
    if (!profile.debuginfo().isNone()) {
      add("-C", "debuginfo=" + profile.debuginfo().word());
      var split = profile.splitDebuginfo();
      if (split != null
          && context.compiler().target(unit.kind()).splitDebuginfo().contains(split)) {
        add("-C", "split-debuginfo=" + split);
      }
    }
    args.addAll(unit.pkg().settings().rustcLints());
  }

  static void lto(UnitLto lto, List<String> args) {
    switch (lto) {
      case UnitLto.Run run ->
          args.addAll(List.of("-C", run.word().isEmpty() ? "lto" : "lto=" + run.word()));
      case UnitLto.Off _ -> args.addAll(List.of("-C", "lto=off", "-C", "embed-bitcode=no"));
      case UnitLto.OnlyBitcode _ -> args.addAll(List.of("-C", "linker-plugin-lto"));
      case UnitLto.ObjectAndBitcode _ -> {
        // rustc's default is both
      }
      case UnitLto.OnlyObject _ -> args.addAll(List.of("-C", "embed-bitcode=no"));
    }
  }

  private void assertions() {
    var profile = unit.profile();
    boolean assertions = profile.debugAssertions();
    boolean overflow = profile.overflowChecks();
    // rustc derives both from the optimisation level; only what differs is said
    boolean byDefault = profile.optLevel().equals("0");
    if (assertions != byDefault) {
      add("-C", "debug-assertions=" + (assertions ? "on" : "off"));
    }
    if (overflow != assertions) {
      add("-C", "overflow-checks=" + (overflow ? "on" : "off"));
    }
  }

  private void features() {
    unit.features().forEach(feature -> add("--cfg", "feature=\"" + feature + "\""));
    add("--check-cfg", "cfg(docsrs,test)");
    add(
        "--check-cfg",
        unit.pkg().features().keySet().stream()
            .map(feature -> "\"" + feature + "\"")
            .collect(Collectors.joining(", ", "cfg(feature, values(", "))")));
  }

  private void names() {
    var profile = unit.profile();
    add("-C", "metadata=" + context.identities().metadata(index));
    var extra = UnitFiles.extraFilename(unit, context.identities().extra(index));
    if (extra != null) {
      add("-C", "extra-filename=" + extra);
    }
    if (profile.rpath()) {
      add("-C", "rpath");
    }
    add("--out-dir", context.outDir(index));
    if (unit.kind().triple() != null) {
      add("--target", context.layout().target(unit.kind()));
      if (unit.kind().isCustom()) {
        args.add("-Zunstable-options");
      }
    }
    linker();
    if (SharedLibraries.isNeededBy(context.graph(), index)) {
      add("-C", "link-arg=-Wl,-rpath,$ORIGIN/../lib");
    }
    if (!profile.strip().isNone()) {
      add("-C", "strip=" + profile.strip().word());
    }
    if (unit.flags().isStd()) {
      add("-Z", "force-unstable-if-unmarked");
    }
  }

  /// Names the linker: the configured one, as Cargo does, always; one that was found on the machine
  /// where something is linked and RUSTFLAGS name none.
  private void linker() {
    var configured = context.compiler().linker(unit.kind());
    if (configured != null) {
      add("-C", "linker=" + configured);
      return;
    }
    var found = context.compiler().tools(unit.kind()).linker();
    if (found != null && Linking.happens(unit) && !Linking.isSaid(unit.flags().rustflags())) {
      add("-C", "linker=" + found.program());
      if (found.flavor() != null) {
        add("-C", "linker-flavor=" + found.flavor());
      }
    }
  }

  private void dependencies() throws KilnException {
    add("-L", "dependency=" + Layout.deps(unit.kind(), unit.profile()));
    if (!unit.kind().isHost()) {
      add("-L", "dependency=" + Layout.deps(CompileKind.HOST, unit.profile()));
    }
    boolean unstable = false;
    for (var dep : unit.dependencies()) {
      var other = context.graph().unit(dep.unit());
      if (other.target().isLinkable() && !other.mode().isDoc()) {
        for (var file : externFiles(dep)) {
          var options = dep.noprelude() ? "noprelude:" : "";
          unstable |= dep.noprelude();
          add(
              "--extern",
              options + dep.externCrateName() + "=" + context.outDir(dep.unit()) + "/" + file);
        }
      }
    }
    if (unit.target().isProcMacro()) {
      add("--extern", "proc_macro");
    }
    if (unstable) {
      add("-Z", "unstable-options");
    }
  }

  /// Returns the names of the files that `--extern` names for a dependency (Cargo: `extern_args`).
  private List<String> externFiles(UnitDep dep) throws KilnException {
    var other = context.graph().unit(dep.unit());
    var files = context.files(dep.unit());
    if (other.mode().isCheck() || unit.onlyRequiresMetadataOf(other)) {
      return files.files().stream()
          .filter(file -> file.flavor() == Flavor.METADATA)
          .map(UnitFiles.UnitFile::path)
          .toList();
    }
    return files.linkable().stream().map(UnitFiles.UnitFile::path).toList();
  }

  private void scripts() {
    var reaching = context.scripts().of(index);
    var own = LinkedScripts.ownScript(context.graph(), unit);
    searchPaths(reaching.toLink()).forEach(path -> add("-L", path));
    boolean passLinks =
        unit.target().isLib() || unit.pkg().targets().stream().noneMatch(t -> t.isLib());
    for (int script : reaching.toLink()) {
      var output = outputs.of(script);
      boolean isOwn = own != null && own == script;
      if (isOwn && passLinks) {
        output.links().forEach(link -> add("-l", link));
      }
      for (var arg : output.linkArgs()) {
        // cdylib arguments reach dependents too: an accident that Cargo keeps
        boolean passes = isOwn || arg.appliesTo() == BuildScriptOutput.LinkArg.For.CDYLIB;
        if (passes && arg.appliesTo(unit.target(), unit.mode().isRustcTest())) {
          add("-C", "link-arg=" + arg.arg());
        }
      }
    }
    if (own != null) {
      configuration(own);
    }
  }

  private void configuration(int script) {
    outputs.of(script).cfgs().forEach(cfg -> add("--cfg", cfg));
    outputs.of(script).checkCfgs().forEach(cfg -> add("--check-cfg", cfg));
  }

  /// Returns the search paths of scripts, those inside the build's own directories first (Cargo:
  /// `LibraryPath::CargoArtifact` sorts before `External`).
  private List<String> searchPaths(Collection<Integer> scripts) {
    var own = new ArrayList<String>();
    var external = new ArrayList<String>();
    for (int script : scripts) {
      for (var path : outputs.of(script).searchPaths()) {
        (stripKind(path).startsWith(context.scriptOut(script)) ? own : external).add(path);
      }
    }
    own.addAll(external);
    return own;
  }

  /// Returns a search path without its `KIND=`.
  static String stripKind(String searchPath) {
    for (var kind : List.of("native", "crate", "dependency", "framework", "all")) {
      if (searchPath.startsWith(kind + "=")) {
        return searchPath.substring(kind.length() + 1);
      }
    }
    return searchPath;
  }

  private SortedMap<String, String> environment() {
    var env = PackageEnvironment.fixed();
    env.putAll(context.compiler().configEnv());
    env.putAll(context.compiler().extras(index).environment());
    PackageEnvironment.describe(unit.pkg(), context.layout(), env);
    env.put("CARGO_CRATE_NAME", unit.target().crateName());
    if (unit.target().isExecutable()) {
      env.put("CARGO_BIN_NAME", unit.target().name());
    }
    if (context.isPrimary(index)) {
      env.put("CARGO_PRIMARY_PACKAGE", "1");
    }
    integrationTest(env);
    env.put(
        LIBRARY_PATH,
        libraryPath(
            context,
            List.of(Layout.deps(CompileKind.HOST, unit.profile())),
            context.scripts().of(index).plugins(),
            outputs));
    var own = LinkedScripts.ownScript(context.graph(), unit);
    if (own != null) {
      env.put("OUT_DIR", context.scriptOut(own));
      outputs.of(own).environment().forEach(v -> env.put(v.name(), v.value()));
    }
    if (unit.flags().isStd() || unit.kind().isCustom()) {
      env.put("RUSTC_BOOTSTRAP", "1");
    }
    return env;
  }

  private void integrationTest(SortedMap<String, String> env) {
    switch (unit.target().kind()) {
      case TEST, BENCH -> {
        env.put("CARGO_TARGET_TMPDIR", Layout.temporary(unit.kind()));
        for (var target : unit.pkg().targets()) {
          if (target.isBin()) {
            var place =
                unit.mode().isCheck()
                    ? "placeholder:" + target.name()
                    : Layout.profileRoot(unit.kind(), unit.profile()) + "/" + target.name();
            env.put("CARGO_BIN_EXE_" + target.name(), place);
          }
        }
      }
      case LIB, BIN, EXAMPLE, BUILD_SCRIPT -> {
        // these have neither
      }
    }
  }

  /// Returns a library path: directories, then the native directories of plugins that lie in the
  /// build's own directories (Cargo: `add_plugin_deps`).
  static String libraryPath(
      BuildContext context, List<String> base, List<Integer> plugins, ScriptOutputs outputs) {
    var path = new ArrayList<>(base);
    for (int plugin : plugins) {
      for (var search : outputs.of(plugin).searchPaths()) {
        var directory = stripKind(search);
        if (directory.startsWith(Layout.TARGET + "/")) {
          path.add(directory);
        }
      }
    }
    return String.join(":", path);
  }

  private void add(String flag, String value) {
    args.add(flag);
    args.add(value);
  }
}
