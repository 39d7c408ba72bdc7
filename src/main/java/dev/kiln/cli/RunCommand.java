package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.BuildOperation;
import dev.kiln.plan.CompileOptions.Intent;
import java.util.List;
import java.util.stream.Stream;

/// `run`: builds one program and becomes it, as far as a JVM can: its standard streams are the
/// user's, its exit code is ours.
final class RunCommand implements Command {
  @Override
  public Syntax syntax() {
    var flags =
        Stream.of(
            List.of(
                CompileFlags.PACKAGE_FLAGS.getFirst(),
                CompileFlags.PROGRAM_FLAGS.getFirst(),
                CompileFlags.PROGRAM_FLAGS.getLast()),
            CompileFlags.FEATURE_FLAGS,
            CompileFlags.COMPILATION_FLAGS,
            CompileFlags.REFUSED_FLAGS);
    return new Syntax(
        flags.flatMap(List::stream).toList(),
        new Syntax.Operands("[ARGS]...", 0, 0, Syntax.Tail.ALL_THE_REST));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var options =
        CompileFlags.build(CompileFlags.compile(Intent.RUN, invocation.arguments()), invocation);
    var result = BuildOperation.run(invocation.settings(), options, invocation.events());
    if (!result.success()) {
      return Verb.CARGO;
    }
    var program = result.programs().getFirst().file();
    return Programs.run(invocation, program, invocation.arguments().rest());
  }
}
