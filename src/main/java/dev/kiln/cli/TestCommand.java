package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.Tests;
import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.CompileOptions.Intent;
import java.util.List;
import java.util.stream.Stream;

/// `test` and `bench`: compiles tests or benchmarks, and runs them.
final class TestCommand implements Command {
  private final Intent intent;

  TestCommand(Intent intent) {
    this.intent = intent;
  }

  @Override
  public Syntax syntax() {
    return CompileFlags.syntax(
        new Syntax.Operands("[NAME]", 0, 1, Syntax.Tail.AFTER_DASHES),
        List.of(
            own(),
            CompileFlags.PACKAGE_FLAGS,
            CompileFlags.TARGET_FLAGS,
            CompileFlags.FEATURE_FLAGS,
            intent == Intent.BENCH
                ? CompileFlags.without(CompileFlags.PROFILE_FLAGS, "--release")
                : CompileFlags.PROFILE_FLAGS,
            CompileFlags.COMPILATION_FLAGS));
  }

  private List<Flag> own() {
    return intent == Intent.TEST
        ? List.of(
            Flag.switched("--doc", "Test only this library's documentation"),
            Flag.switched("--no-run", "Compile, but don't run tests"),
            Flag.switched("--no-fail-fast", "Run all tests regardless of failure"))
        : List.of(
            Flag.switched("--no-run", "Compile, but don't run benchmarks"),
            Flag.switched("--no-fail-fast", "Run all benchmarks regardless of failure"));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var arguments = invocation.arguments();
    var result = CompileCommand.compile(invocation, options(arguments));
    if (result.isEmpty()) {
      return 0;
    }
    if (!result.get().success()) {
      return Verb.CARGO;
    }
    var tests = result.get().tests();
    if (tests == null) {
      return 0;
    }
    var globals = invocation.globals();
    var choices =
        new Tests.Choices(
            Stream.concat(arguments.operands().stream(), arguments.rest().stream()).toList(),
            arguments.has("--no-fail-fast"),
            globals.verbosity() < 0,
            globals.verbosity() > 0,
            intent == Intent.BENCH,
            globals.color(invocation.world()));
    if (arguments.has("--no-run")) {
      if (!CompileFlags.messageFormat(arguments.all("--message-format")).json()) {
        tests.name(choices);
      }
      return 0;
    }
    invocation.out().flush();
    return tests.run(choices);
  }

  private CompileOptions options(Arguments arguments) throws KilnException, UsageError {
    if (!arguments.has("--doc")) {
      var options = CompileFlags.compile(intent, arguments);
      boolean isNamed =
          intent == Intent.TEST
              && !arguments.operands().isEmpty()
              && options.filter().equals(CompileOptions.Filter.NONE);
      // who names a test means no examples and no documentation
      return isNamed ? options.withFilter(CompileOptions.Filter.TESTS) : options;
    }
    var options = CompileFlags.compile(Intent.DOCTEST, arguments);
    if (!options.filter().equals(CompileOptions.Filter.NONE)) {
      throw new KilnException("can't mix --doc with other target selecting options");
    }
    if (arguments.has("--no-run")) {
      throw new KilnException("can't skip running doc tests with --no-run");
    }
    return options;
  }
}
