package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.ops.TreeOperation;
import dev.kiln.plan.CompileOptions.Intent;
import dev.kiln.report.TreePrinter;
import dev.kiln.report.TreePrinter.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `tree`: shows which packages depend on which.
final class TreeCommand implements Command {
  private static final List<String> KINDS =
      List.of(
          "all",
          "normal",
          "build",
          "dev",
          "features",
          "public",
          "no-normal",
          "no-build",
          "no-dev",
          "no-proc-macro");

  /// What `--all` is known by: elsewhere that name stands for `--workspace`.
  private static final String ALL = "-a";

  private static final List<Flag> DEPRECATED =
      Stream.of(
              Flag.switched("--all, -a", "Use --no-dedupe instead"),
              Flag.switched("--no-dev-dependencies", "Use -e no-dev instead"),
              Flag.switched("--no-indent", "Use --prefix=none instead"),
              Flag.switched("--prefix-depth", "Use --prefix=depth instead"),
              Flag.switched("--all-targets", "Use --target=all instead"))
          .map(flag -> flag.in("Deprecated"))
          .toList();

  @Override
  public Syntax syntax() {
    return CompileFlags.syntax(
        Syntax.Operands.NONE,
        List.of(
            List.of(
                Flag.of(Flag.Arity.VALUES, "-e, --edges", "KINDS", "The kinds of dependencies"),
                Flag.of(
                    Flag.Arity.OPTIONAL_VALUES,
                    "-i, --invert",
                    "SPEC",
                    "Invert the tree direction"),
                Flag.of(Flag.Arity.VALUES, "--prune", "SPEC", "Prune the given package"),
                Flag.valued("--depth", "DEPTH", "Maximum display depth, or `workspace`"),
                Flag.valued("--prefix", "PREFIX", "indent, depth, none"),
                Flag.switched("--no-dedupe", "Repeat the dependencies of repeated packages"),
                Flag.switched(
                    "--duplicate, -d, --duplicates", "Show only packages that come several times"),
                Flag.valued("--charset", "CHARSET", "utf8, ascii"),
                Flag.valued("-f, --format", "FORMAT", "How a package is written [{p}]"),
                Flag.of(Flag.Arity.VALUES, "--target", "TRIPLE", "Filter by platform, or `all`")),
            CompileFlags.without(CompileFlags.PACKAGE_FLAGS, "--all"),
            CompileFlags.FEATURE_FLAGS,
            DEPRECATED));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var arguments = invocation.arguments();
    checkValues(arguments);
    var edges = edges(arguments);
    TreeOperation.checkEdges(edges);
    var depth = arguments.find("--depth").orElse(null);
    boolean onlyMembers = "workspace".equals(depth);
    var look = look(invocation, onlyMembers ? null : depth(depth));
    var targets = arguments.all("--target");
    if (arguments.has("--all-targets")) {
      warn(invocation, "the --all-targets flag has been changed to --target=all");
      targets = List.of("all");
    }
    if (arguments.has("--no-dev-dependencies")) {
      warn(invocation, "the --no-dev-dependencies flag has changed to -e=no-dev");
      edges.add("no-dev");
    }
    var compile = CompileFlags.compile(Intent.CHECK, arguments);
    var options =
        new TreeOperation.Options(
            compile.packages(),
            compile.features(),
            edges,
            targets,
            inverted(arguments),
            arguments.all("--prune"),
            arguments.has("--duplicates"),
            onlyMembers,
            look);
    invocation.out().print(TreeOperation.run(invocation.settings(), options, invocation.events()));
    invocation.out().flush();
    return 0;
  }

  private static void warn(Invocation invocation, String text) {
    invocation.events().accept(new BuildEvent.Warning(text));
  }

  private static List<String> edges(Arguments arguments) throws UsageError {
    var possible = "possible values: " + String.join(", ", KINDS);
    var edges = new ArrayList<String>();
    for (var value : arguments.all("--edges")) {
      for (var kind : value.split(",", -1)) {
        if (kind.isEmpty()) {
          throw new UsageError(
              "a value is required for '--edges <KINDS>' but none was supplied", possible);
        }
        if (!KINDS.contains(kind)) {
          throw new UsageError(
              "invalid value '%s' for '--edges <KINDS>'".formatted(kind), possible);
        }
        edges.add(kind);
      }
    }
    return edges;
  }

  /// `-i` without a value takes that of `-p`, as it once did.
  private static List<String> inverted(Arguments arguments) throws KilnException {
    var inverted = new ArrayList<>(arguments.all("--invert"));
    if (inverted.contains("")) {
      if (arguments.all("--package").isEmpty() || arguments.has("--workspace")) {
        throw new KilnException(
            "The `-i` flag requires a package name.",
            "`-i SPEC` shows the packages that depend on SPEC");
      }
      inverted.removeIf(String::isEmpty);
      inverted.addAll(arguments.all("--package"));
    }
    return inverted;
  }

  private static TreePrinter.Look look(Invocation invocation, @Nullable Integer depth)
      throws UsageError {
    var arguments = invocation.arguments();
    var prefix = prefix(arguments);
    if (arguments.has("--no-indent")) {
      warn(invocation, "the --no-indent flag has been changed to --prefix=none");
      prefix = Prefix.NONE;
    } else if (arguments.has("--prefix-depth")) {
      warn(invocation, "the --prefix-depth flag has been changed to --prefix=depth");
      prefix = Prefix.DEPTH;
    }
    if (arguments.has(ALL)) {
      warn(
          invocation,
          "the `cargo tree` --all flag has been changed to --no-dedupe, and may be removed in a"
              + " future version\n  |\n  = help: if you are looking to display all workspace"
              + " members, use the --workspace flag");
    }
    return new TreePrinter.Look(
        prefix,
        charset(arguments).equals("ascii"),
        !arguments.has("--no-dedupe") && !arguments.has(ALL),
        depth,
        arguments.find("--format").orElse("{p}"));
  }

  /// Says which value is none, of the option that comes first.
  private static void checkValues(Arguments arguments) throws UsageError {
    for (var option : arguments.options().keySet()) {
      switch (option) {
        case "--edges" -> {
          var _ = edges(arguments);
        }
        case "--charset" -> {
          var _ = charset(arguments);
        }
        case "--prefix" -> {
          var _ = prefix(arguments);
        }
        default -> {}
      }
    }
  }

  private static String charset(Arguments arguments) throws UsageError {
    var charset = arguments.find("--charset").orElse("utf8");
    if (!charset.equals("utf8") && !charset.equals("ascii")) {
      throw new UsageError(
          "invalid value '%s' for '--charset <CHARSET>'".formatted(charset),
          "possible values: utf8, ascii");
    }
    return charset;
  }

  private static Prefix prefix(Arguments arguments) throws UsageError {
    return switch (arguments.find("--prefix").orElse("indent")) {
      case "indent" -> Prefix.INDENT;
      case "depth" -> Prefix.DEPTH;
      case "none" -> Prefix.NONE;
      case String other ->
          throw new UsageError(
              "invalid value '%s' for '--prefix <PREFIX>'".formatted(other),
              "possible values: depth, indent, none");
    };
  }

  private static @Nullable Integer depth(@Nullable String text) throws UsageError {
    try {
      if (text == null) {
        return null;
      }
      int depth = Integer.parseUnsignedInt(text);
      return depth < 0 ? Integer.MAX_VALUE : depth;
    } catch (NumberFormatException e) {
      throw new UsageError(
          "supported values for --depth are non-negative integers and `workspace`, but `"
              + text
              + "` is unknown");
    }
  }
}
