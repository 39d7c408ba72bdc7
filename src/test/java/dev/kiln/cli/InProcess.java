package dev.kiln.cli;

import static java.util.Objects.requireNonNull;

import dev.kiln.KilnException;
import dev.kiln.ops.Settings;
import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.CompileOptions.Intent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Kiln's command line for the tests of other rooms.
public final class InProcess {
  private static final Map<String, Intent> INTENTS =
      Map.of(
          "build", Intent.BUILD,
          "check", Intent.CHECK,
          "clippy", Intent.CHECK,
          "test", Intent.TEST,
          "bench", Intent.BENCH,
          "run", Intent.RUN,
          "doc", Intent.DOC);

  private InProcess() {}

  /// What a command line came to.
  public record Ran(int code, String out, String err) {}

  /// What the command line of a compiling command asks for.
  public record Request(Settings settings, CompileOptions options) {}

  public static Ran run(Path cwd, Map<String, String> environment, List<String> args) {
    var ran = CommandLines.kiln(cwd, environment, args);
    return new Ran(ran.code(), ran.out(), ran.err());
  }

  /// Reads a command line and runs nothing.
  public static Request request(Path cwd, Map<String, String> environment, List<String> args)
      throws KilnException {
    var intent = requireNonNull(INTENTS.get(args.getFirst()));
    var verb = Verb.find(Commands.VERBS, args.getFirst()).orElseThrow();
    var command = requireNonNull(verb.command()).get();
    try {
      var arguments = new ArgumentParser(command.syntax()).parse(args.subList(1, args.size()));
      if (arguments.has("--doc")) {
        intent = Intent.DOCTEST;
      } else if (arguments.has("--no-deps")) {
        intent = Intent.DOC_WITHOUT_DEPS;
      }
      var globals = new Globals(Arguments.NONE, arguments);
      return new Request(
          globals.settings(CommandLines.world(cwd, environment)),
          CompileFlags.compile(intent, arguments));
    } catch (UsageError e) {
      throw new KilnException(String.valueOf(e.getMessage()), null, e);
    }
  }
}
