package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.TreeOperation;
import dev.kiln.plan.CompileOptions.Intent;
import dev.kiln.report.TreePrinter;
import dev.kiln.report.TreePrinter.Prefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `tree`: shows which packages depend on which.
final class TreeCommand implements Command {
  @Override
  public Syntax syntax() {
    return CompileFlags.syntax(
        Syntax.Operands.NONE,
        List.of(
            List.of(
                Flag.of(Flag.Arity.VALUES, "-e, --edges", "KINDS", "The kinds of dependencies"),
                Flag.of(Flag.Arity.VALUES, "-i, --invert", "SPEC", "Invert the tree direction"),
                Flag.of(Flag.Arity.VALUES, "--prune", "SPEC", "Prune the given package"),
                Flag.valued("--depth", "DEPTH", "Maximum display depth"),
                Flag.valued("--prefix", "PREFIX", "indent, depth, none"),
                Flag.switched("--no-dedupe", "Repeat the dependencies of repeated packages"),
                Flag.switched("-d, --duplicates", "Show only packages that come several times"),
                Flag.valued("--charset", "CHARSET", "utf8, ascii"),
                Flag.valued("-f, --format", "FORMAT", "How a package is written [{p}]"),
                Flag.of(Flag.Arity.VALUES, "--target", "TRIPLE", "Filter by platform, or `all`")),
            CompileFlags.PACKAGE_FLAGS,
            CompileFlags.FEATURE_FLAGS));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var arguments = invocation.arguments();
    var compile = CompileFlags.compile(Intent.CHECK, arguments);
    var options =
        new TreeOperation.Options(
            compile.packages(),
            compile.features(),
            arguments.all("--edges"),
            arguments.all("--target"),
            arguments.all("--invert"),
            arguments.all("--prune"),
            arguments.has("--duplicates"),
            look(arguments));
    invocation.out().print(TreeOperation.run(invocation.settings(), options, invocation.events()));
    invocation.out().flush();
    return 0;
  }

  private static TreePrinter.Look look(Arguments arguments) throws UsageError {
    var prefix =
        switch (arguments.find("--prefix").orElse("indent")) {
          case "indent" -> Prefix.INDENT;
          case "depth" -> Prefix.DEPTH;
          case "none" -> Prefix.NONE;
          case String other ->
              throw new UsageError(
                  "invalid value '%s' for '--prefix <PREFIX>'".formatted(other),
                  "possible values: depth, indent, none");
        };
    var charset = arguments.find("--charset").orElse("utf8");
    if (!charset.equals("utf8") && !charset.equals("ascii")) {
      throw new UsageError(
          "invalid value '%s' for '--charset <CHARSET>'".formatted(charset),
          "possible values: utf8, ascii");
    }
    return new TreePrinter.Look(
        prefix,
        charset.equals("ascii"),
        !arguments.has("--no-dedupe"),
        depth(arguments.find("--depth").orElse(null)),
        arguments.find("--format").orElse("{p}"));
  }

  private static @Nullable Integer depth(@Nullable String text) throws UsageError {
    try {
      return text == null ? null : Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new UsageError("supplied --depth argument was not a number: `" + text + "`");
    }
  }
}
