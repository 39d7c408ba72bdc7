package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.manifest.Version;
import dev.kiln.manifest.VersionReq;
import dev.kiln.ops.BuildOptions;
import dev.kiln.ops.InstallOperation;
import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.CompileOptions.Intent;
import java.util.List;

/// `install`: builds a published crate and puts its programs where a PATH finds them.
final class InstallCommand implements Command {
  private static final String OPERANDS = "[CRATE[@<VER>]]...";

  @Override
  public Syntax syntax() {
    return CompileFlags.syntax(
        Syntax.Operands.many(OPERANDS, 0),
        List.of(
            List.of(
                Flag.valued("--version", "VERSION", "The version to install"),
                Flag.valued("--registry", "REGISTRY", "Registry to use"),
                Flag.valued("--git", "URL", "Git URL to install the crate from"),
                Flag.valued("--path", "PATH", "Local directory to install from"),
                Flag.valued("--root", "DIR", "Directory to install into"),
                Flag.switched("-f, --force", "Overwrite programs that are there already"),
                Flag.switched("--debug", "Build with the `dev` profile instead of `release`")),
            CompileFlags.only(
                CompileFlags.TARGET_FLAGS, "--bins", "--bin", "--examples", "--example"),
            CompileFlags.FEATURE_FLAGS,
            CompileFlags.only(CompileFlags.PROFILE_FLAGS, "--profile"),
            CompileFlags.without(CompileFlags.COMPILATION_FLAGS, "--unit-graph", "--check")));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var arguments = invocation.arguments();
    CompileFlags.conflict(arguments, "--path", "--git");
    CompileFlags.conflict(arguments, "--path", "--registry");
    CompileFlags.conflict(arguments, "--debug", "--profile");
    if (arguments.has("--git")) {
      throw new KilnException(
          "`kiln install --git` is not in kiln " + Kiln.VERSION + " yet",
          "clone the repository and use `kiln install --path DIR`");
    }
    var crates = arguments.operands();
    if (crates.isEmpty() && !arguments.has("--path")) {
      throw new KilnException(
          "nothing to install was named",
          "name a crate, or use `kiln install --path .` for the package here");
    }
    if (arguments.has("--path")) {
      return install(invocation, crates.isEmpty() ? "" : crates.getFirst()) ? 0 : Verb.CARGO;
    }
    for (var crate : crates) {
      if (!install(invocation, crate)) {
        return Verb.CARGO;
      }
    }
    return 0;
  }

  private static boolean install(Invocation invocation, String operand)
      throws KilnException, UsageError, InterruptedException {
    var arguments = invocation.arguments();
    var at = operand.indexOf('@');
    var crate = at < 0 ? operand : operand.substring(0, at);
    if (at >= 0 && arguments.has("--version")) {
      throw new UsageError("cannot specify both `@<VERSION>` and `--version <VERSION>`");
    }
    var version =
        at >= 0
            ? version(operand.substring(at + 1), operand, OPERANDS)
            : arguments.has("--version")
                ? version(
                    arguments.find("--version").orElse(""),
                    arguments.find("--version").orElse(""),
                    "--version <VERSION>")
                : VersionReq.ANY;
    var path = arguments.find("--path");
    var root = arguments.find("--root");
    var request =
        new InstallOperation.Request(
            crate,
            version,
            arguments.find("--registry").orElse(null),
            path.isPresent() ? invocation.path(path.get()) : null,
            root.isPresent() ? invocation.path(root.get()) : null,
            arguments.has("--force"));
    var packages = path.isPresent() && !crate.isEmpty() ? List.of(crate) : List.<String>of();
    return InstallOperation.run(
        invocation.settings(), request, options(invocation, packages), invocation.events());
  }

  private static BuildOptions options(Invocation invocation, List<String> packages)
      throws KilnException, UsageError {
    var arguments = invocation.arguments();
    var given = CompileFlags.compile(Intent.INSTALL, arguments);
    var profile =
        given.profile() != null ? given.profile() : arguments.has("--debug") ? "dev" : "release";
    return CompileFlags.build(
        new CompileOptions(
            given.intent(),
            new CompileOptions.Packages(packages, false, List.of()),
            given.filter(),
            given.features(),
            profile,
            given.targets(),
            given.ignoreRustVersion()),
        invocation);
  }

  /// Cargo: `parse_semver_flag`: a plain version is that version alone.
  private static VersionReq version(String text, String given, String flag) throws UsageError {
    var isRequirement =
        !text.isEmpty() && ("<>=^~".indexOf(text.charAt(0)) >= 0 || text.contains("*"));
    try {
      return isRequirement ? VersionReq.parse(text) : VersionReq.parse("=" + Version.parse(text));
    } catch (KilnException e) {
      throw new UsageError(
          "invalid value '%s' for '%s': %s".formatted(given, flag, e.getMessage()),
          text.matches("\\d+(\\.\\d+)?")
              ? "if you want to specify SemVer range, add an explicit qualifier, like '^%s'"
                  .formatted(text)
              : null);
    }
  }
}
