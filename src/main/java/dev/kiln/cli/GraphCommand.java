package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.PlanOperation;
import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.CompileOptions.Intent;
import dev.kiln.report.UnitGraphJson;
import java.util.List;

/// `test`, `bench`, `doc`, `clippy`, of which kiln makes the unit graph so far.
final class GraphCommand implements Command {
  private final String name;
  private final Intent intent;

  GraphCommand(String name, Intent intent) {
    this.name = name;
    this.intent = intent;
  }

  @Override
  public Syntax syntax() {
    return CompileFlags.syntax(
        switch (intent) {
          case TEST, BENCH -> new Syntax.Operands("[NAME]", 0, 1, Syntax.Tail.AFTER_DASHES);
          default -> new Syntax.Operands("", 0, 0, Syntax.Tail.AFTER_DASHES);
        },
        List.of(
            own(),
            CompileFlags.PACKAGE_FLAGS,
            targets(),
            CompileFlags.FEATURE_FLAGS,
            profiles(),
            CompileFlags.COMPILATION_FLAGS));
  }

  private List<Flag> targets() {
    return intent == Intent.DOC
        ? CompileFlags.without(
            CompileFlags.TARGET_FLAGS, "--tests", "--test", "--benches", "--bench", "--all-targets")
        : CompileFlags.TARGET_FLAGS;
  }

  private List<Flag> profiles() {
    return intent == Intent.BENCH
        ? CompileFlags.without(CompileFlags.PROFILE_FLAGS, "--release")
        : CompileFlags.PROFILE_FLAGS;
  }

  private List<Flag> own() {
    return switch (intent) {
      case TEST ->
          List.of(
              Flag.switched("--doc", "Test only this library's documentation"),
              Flag.switched("--no-run", "Compile, but don't run tests"),
              Flag.switched("--no-fail-fast", "Run all tests regardless of failure"));
      case BENCH ->
          List.of(
              Flag.switched("--no-run", "Compile, but don't run benchmarks"),
              Flag.switched("--no-fail-fast", "Run all benchmarks regardless of failure"));
      case DOC ->
          List.of(
              Flag.switched("--no-deps", "Don't build documentation for dependencies"),
              Flag.switched("--document-private-items", "Document private items"));
      default -> List.of();
    };
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var arguments = invocation.arguments();
    var options = CompileFlags.compile(actual(arguments), arguments);
    if (options.intent() == Intent.DOCTEST) {
      if (!options.filter().equals(CompileOptions.Filter.NONE)) {
        throw new KilnException("can't mix --doc with other target selecting options");
      }
      if (arguments.has("--no-run")) {
        throw new KilnException("can't skip running doc tests with --no-run");
      }
    } else if (options.intent() == Intent.TEST && !arguments.operands().isEmpty()) {
      options = options.withFilter(ofNamedTest(options.filter()));
    }
    // what is wrong with the request is said before that kiln cannot carry it out
    var planned = PlanOperation.run(invocation.settings(), options, invocation.events());
    if (!arguments.has("--unit-graph")) {
      throw new KilnException(
          "`kiln " + name + "` without `--unit-graph` is not in kiln " + Kiln.VERSION + " yet",
          "`kiln --list` shows the commands that are");
    }
    invocation.out().println(UnitGraphJson.of(planned.graph()).compact());
    return 0;
  }

  /// Who names a test means no examples and no documentation.
  private static CompileOptions.Filter ofNamedTest(CompileOptions.Filter given) {
    return given.equals(CompileOptions.Filter.NONE) ? CompileOptions.Filter.TESTS : given;
  }

  private Intent actual(Arguments arguments) {
    return switch (intent) {
      case TEST -> arguments.has("--doc") ? Intent.DOCTEST : intent;
      case DOC -> arguments.has("--no-deps") ? Intent.DOC_WITHOUT_DEPS : intent;
      default -> intent;
    };
  }
}
