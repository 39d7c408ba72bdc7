package dev.kiln.cli;

import static java.util.Objects.requireNonNull;

import dev.kiln.KilnException;
import dev.kiln.ops.ExplainOperation;
import java.io.EOFException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the command that the arguments name, runs it, and maps what went wrong to an exit code
/// (cli.md, "Everywhere").
final class Kiln {
  static final String VERSION = "0.1.0";

  private static final int USAGE = 1;
  private static final int BUG = 70;
  private static final int INTERRUPTED = 130;

  private final World world;

  Kiln(World world) {
    this.world = world;
  }

  /// What is known of the command when something goes wrong.
  private record Place(String words, int failure, @Nullable Syntax syntax) {}

  private Place place = new Place("kiln", Verb.CARGO, null);

  int run(List<String> args) {
    var dashes = args.indexOf("--");
    var backtrace = (dashes < 0 ? args : args.subList(0, dashes)).contains("--backtrace");
    try {
      return ended(dispatch(args, List.of()));
    } catch (UsageError e) {
      complain(e.getMessage(), e.hint());
      if (place.syntax() != null) {
        world.err().println("\nUsage: " + Help.usage(place.words(), place.syntax()));
      }
      world.err().println("\nFor more information, try '--help'.");
      return USAGE;
    } catch (KilnException e) {
      if (isInterrupt(e)) {
        complain("interrupted", null);
        return INTERRUPTED;
      }
      complain(e);
      if (backtrace) {
        e.printStackTrace(world.err());
      }
      return place.failure();
    } catch (InterruptedException e) {
      complain("interrupted", null);
      return INTERRUPTED;
    } catch (InvalidPathException e) {
      complain("no file can be called " + RawArguments.shown(e.getInput()), null);
      return place.failure();
    } catch (RuntimeException | Error e) {
      world.err().println("error: internal error in kiln " + VERSION + ", please report it");
      e.printStackTrace(world.err());
      return BUG;
    } finally {
      world.out().flush();
      world.err().flush();
    }
  }

  /// Answers whether it comes from a thread that was interrupted, or a file closed below one.
  private static boolean isInterrupt(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ClosedByInterruptException || cause instanceof InterruptedException) {
        return true;
      }
    }
    return false;
  }

  /// Returns the exit code of a command that has ended: text that is lost is a failure too.
  private int ended(int code) throws KilnException {
    if (world.out() instanceof StandardOutput standard && code == 0) {
      standard.check();
    }
    return code;
  }

  /// `aliases` are those that led to these arguments.
  private int dispatch(List<String> args, List<String> aliases)
      throws KilnException, UsageError, InterruptedException {
    var prefix = new ArgumentParser(Commands.PREFIX);
    var first = prefix.endOfOptions(args);
    place = new Place("kiln", Verb.CARGO, Commands.PREFIX);
    var before = prefix.parse(args.subList(0, first));
    var globals = new Globals(before, Arguments.NONE);
    globals.check();
    if (globals.has("--version")) {
      return version(globals);
    }
    if (before.has("--list")) {
      return Help.list(world.out());
    }
    var code = before.find("--explain");
    if (code.isPresent()) {
      return Programs.explain(world, ExplainOperation.command(globals.settings(world), code.get()));
    }
    if (first == args.size() || globals.has("--help")) {
      return Help.overview(world.out());
    }
    if (args.get(first).equals("--") && first + 1 < args.size()) {
      return afterDashes(args.subList(first + 1, args.size()));
    }
    var rest = args.subList(first + 1, args.size());
    if (args.get(first).equals("help")) {
      return help(rest);
    }
    var word = args.get(first);
    boolean isBuiltIn = Commands.isBuiltIn(word);
    boolean isCargos = Commands.isCargos(word);
    if (isCargos || !isBuiltIn) {
      RawArguments.refuse(args);
    }
    if (isCargos) {
      warnOfShadowed(word, globals);
    }
    var expansion = isBuiltIn ? List.<String>of() : Aliases.expand(word, globals.settings(world));
    if (!expansion.isEmpty()) {
      if (new ArgumentParser(Commands.PREFIX).endOfOptions(expansion) == expansion.size()
          && rest.isEmpty()) {
        throw new KilnException(
            "subcommand is required, add a subcommand to the command alias `alias.%s`"
                .formatted(word));
      }
      var expanded = new ArrayList<>(args.subList(0, first));
      expanded.addAll(expansion);
      expanded.addAll(rest);
      return dispatch(expanded, Aliases.withOne(aliases, word));
    }
    return call(find(Commands.VERBS, List.of(word), rest), before);
  }

  /// After `--` Cargo takes a command's name for that of a program of the user's.
  private int afterDashes(List<String> args) throws KilnException {
    var word = args.getFirst();
    if (Verb.find(Commands.VERBS, word).isEmpty()) {
      throw unknown(Commands.VERBS, List.of(word));
    }
    throw new KilnException(
        "trailing arguments after built-in command `%s` are unsupported: `%s`"
            .formatted(word, String.join(" ", args.subList(1, args.size()))),
        "remove `--` to pass the arguments to the command");
  }

  /// A configuration that does not load is the command's to complain of.
  private void warnOfShadowed(String word, Globals globals) throws UsageError {
    try {
      if (!globals.has("--quiet") && Aliases.isShadowed(word, globals.settings(world))) {
        world
            .err()
            .println(
                "warning: user-defined alias `%s` is ignored, because it is shadowed by a built-in"
                        .formatted(word)
                    + " command");
      }
    } catch (KilnException e) {
      return;
    }
  }

  /// A verb that was found, the words that led to it, and the arguments after them.
  private record Found(Verb verb, List<String> words, List<String> args) {
    String title() {
      return "kiln " + String.join(" ", words);
    }
  }

  private Found find(List<Verb> verbs, List<String> words, List<String> args)
      throws KilnException, UsageError {
    var word = words.getLast();
    var verb = Verb.find(verbs, word);
    if (verb.isEmpty()) {
      throw unknown(verbs, words);
    }
    place = new Place("kiln " + String.join(" ", words), verb.get().failure(), null);
    var named = new ArrayList<>(words.subList(0, words.size() - 1));
    named.add(verb.get().name());
    if (verb.get().command() != null || args.isEmpty() || args.getFirst().startsWith("-")) {
      return new Found(verb.get(), named, args);
    }
    named.add(args.getFirst());
    return find(verb.get().verbs(), named, args.subList(1, args.size()));
  }

  private KilnException unknown(List<Verb> verbs, List<String> words) {
    var word = words.getLast();
    if (words.size() == 1 && word.startsWith("+")) {
      return new KilnException(
          "`%s` does not choose a toolchain: that is rustup's".formatted(word),
          "use `--toolchain %s`".formatted(word.substring(1)));
    }
    if (words.size() == 1 && Commands.LATER.contains(word)) {
      return new KilnException(
          "`kiln %s` is not in kiln %s yet".formatted(word, VERSION),
          "`kiln --list` shows the commands that are");
    }
    var names = verbs.stream().flatMap(verb -> Stream.of(verb.name(), verb.alias()));
    var near = Nearest.command(word, names.filter(name -> !name.isEmpty()));
    return new KilnException(
        "no such command: `%s`".formatted(String.join(" ", words)),
        near.map(name -> "a command with a similar name exists: `%s`".formatted(name))
            .orElse("view all commands with `kiln --list`"));
  }

  private int call(Found found, Arguments before)
      throws KilnException, UsageError, InterruptedException {
    var supplier = found.verb().command();
    if (supplier == null) {
      if (found.args().isEmpty() && found.verb().failure() == Verb.NIX) {
        throw new UsageError("'%s' requires a sub-command".formatted(found.title()));
      }
      if (found.args().isEmpty() || List.of("-h", "--help").contains(found.args().getFirst())) {
        return Help.group(world.out(), found.title(), found.verb());
      }
      throw new UsageError(
          "unexpected argument '%s' found".formatted(found.args().getFirst()),
          "`%s` takes one of its commands first".formatted(found.title()));
    }
    var command = supplier.get();
    place = new Place(found.title(), found.verb().failure(), command.syntax());
    if (asksForHelp(command.syntax(), found.args())) {
      return Help.command(world.out(), found.title(), found.verb(), command.syntax());
    }
    var after = new ArgumentParser(command.syntax()).parse(found.args());
    var globals = new Globals(before, after);
    globals.check();
    if (globals.has("--version") && !Help.owns(command.syntax(), "--version")) {
      return version(globals);
    }
    try (var reporter = globals.reporter(world)) {
      return command.run(new Invocation(world, globals, after, reporter));
    }
  }

  /// Help is given whatever else is wrong with the options before `--`.
  private static boolean asksForHelp(Syntax syntax, List<String> args) {
    var dashes = args.indexOf("--");
    var own = dashes < 0 ? args : args.subList(0, dashes);
    var options =
        syntax.operands().tail() == Syntax.Tail.ALL_THE_REST
            ? own.subList(0, Math.min(own.size(), new ArgumentParser(syntax).endOfOptions(own)))
            : own;
    return options.contains("--help") || (options.contains("-h") && !Help.owns(syntax, "-h"));
  }

  private int help(List<String> words) throws KilnException, UsageError {
    var operands = words.stream().filter(word -> !word.startsWith("-")).toList();
    if (operands.isEmpty()) {
      return Help.overview(world.out());
    }
    var found = find(Commands.VERBS, operands.subList(0, 1), operands.subList(1, operands.size()));
    return found.verb().command() == null
        ? Help.group(world.out(), found.title(), found.verb())
        : Help.command(
            world.out(),
            found.title(),
            found.verb(),
            requireNonNull(found.verb().command()).get().syntax());
  }

  private int version(Globals globals) {
    var out = world.out();
    out.println("kiln " + VERSION + " (java " + Runtime.version().feature() + ")");
    if (globals.has("--verbose")) {
      out.println("release: " + VERSION);
      out.println("java: " + Runtime.version());
      out.println("os: " + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    }
    return 0;
  }

  private void complain(KilnException failure) {
    world.err().println("error: " + failure.getMessage());
    var hint = failure.hint();
    var said = "";
    for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      var sentence = sentence(cause);
      if (!sentence.equals(said) && !isBare(cause)) {
        world.err().println("caused by: " + sentence);
        said = sentence;
      }
      hint = hint == null && cause instanceof KilnException known ? known.hint() : hint;
    }
    if (hint != null) {
      world.err().println("hint: " + hint);
    }
  }

  private void complain(@Nullable String message, @Nullable String hint) {
    world.err().println("error: " + message);
    if (hint != null) {
      world.err().println("hint: " + hint);
    }
  }

  /// Says whether all that there is to say of a cause below another is the name of its class.
  private static boolean isBare(Throwable cause) {
    return cause.getMessage() == null && !(cause instanceof RuntimeException);
  }

  /// The messages of Java's file exceptions are a bare path.
  private static String sentence(Throwable cause) {
    var message = String.valueOf(cause.getMessage());
    return switch (cause) {
      case KilnException _ -> message;
      case NoSuchFileException _ -> "no such file or directory: " + message;
      case AccessDeniedException _ -> "permission denied: " + message;
      case EOFException _ -> "unexpected end of file";
      case FileAlreadyExistsException _ -> "file exists: " + message;
      default -> cause.getMessage() == null ? cause.toString() : message;
    };
  }
}
