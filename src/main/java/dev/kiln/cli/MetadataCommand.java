package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.MetadataOperation;
import dev.kiln.plan.CompileOptions.Intent;
import java.util.List;

/// `metadata`: prints what Cargo prints of a workspace, for editors and other programs.
final class MetadataCommand implements Command {
  @Override
  public Syntax syntax() {
    return CompileFlags.syntax(
        Syntax.Operands.NONE,
        List.of(
            List.of(
                Flag.valued("--format-version", "VERSION", "Format version [possible values: 1]"),
                Flag.switched("--no-deps", "Output information only about the workspace members"),
                Flag.of(
                    Flag.Arity.VALUES,
                    "--filter-platform",
                    "TRIPLE",
                    "Only include resolve dependencies matching the given target-triple")),
            CompileFlags.FEATURE_FLAGS));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var arguments = invocation.arguments();
    var version = arguments.find("--format-version");
    if (version.isPresent() && !version.get().equals("1")) {
      throw new UsageError(
          "invalid value '%s' for '--format-version <VERSION>'".formatted(version.get()),
          "possible values: 1");
    }
    var settings = invocation.settings();
    var options =
        new MetadataOperation.Options(
            arguments.has("--no-deps"),
            arguments.all("--filter-platform"),
            CompileFlags.compile(Intent.CHECK, arguments).features(),
            version.isPresent());
    var json = MetadataOperation.run(settings, options, invocation.events());
    invocation.out().println(json.compact());
    return 0;
  }
}
