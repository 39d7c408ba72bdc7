package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.plan.CompileOptions.Intent;
import java.util.List;
import java.util.stream.Collectors;

/// `run`: builds one program and becomes it, as far as a JVM can: its standard streams are the
/// user's, its exit code is ours.
final class RunCommand implements Command {
  @Override
  public Syntax syntax() {
    return CompileFlags.syntax(
        new Syntax.Operands("[ARGS]...", 0, 0, Syntax.Tail.ALL_THE_REST),
        List.of(
            CompileFlags.only(CompileFlags.PACKAGE_FLAGS, "--package"),
            CompileFlags.only(CompileFlags.TARGET_FLAGS, "--bin", "--example"),
            CompileFlags.FEATURE_FLAGS,
            CompileFlags.PROFILE_FLAGS,
            CompileFlags.COMPILATION_FLAGS));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    if (invocation.arguments().all("--package").size() > 1) {
      throw new UsageError("the argument '--package [<SPEC>]' cannot be used multiple times");
    }
    var compile = CompileFlags.compile(Intent.RUN, invocation.arguments());
    var result = CompileCommand.compile(invocation, compile);
    if (result.isEmpty()) {
      return 0;
    }
    if (!result.get().success()) {
      return Verb.CARGO;
    }
    if (invocation.arguments().has("--dry-run")) {
      return 0;
    }
    var programs = result.get().programs();
    if (programs.size() != 1) {
      throw new KilnException(
          "`kiln run` runs one program; selected: "
              + programs.stream()
                  .map(program -> "`" + program.unit().target().name() + "`")
                  .collect(Collectors.joining(", ")),
          "choose one with `--bin NAME` or `--example NAME`");
    }
    return Programs.run(invocation, programs.getFirst(), invocation.arguments().rest());
  }
}
