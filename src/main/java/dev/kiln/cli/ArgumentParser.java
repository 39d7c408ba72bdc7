package dev.kiln.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// Parses the arguments of one command as Cargo's parser (clap) does, and says what is wrong with
/// them in its words. The model is made of those options of the one command that are given: making
/// all of them would cost more than most commands do.
final class ArgumentParser {
  /// What marks an optional value that was left out; no argument can hold it.
  private static final String ABSENT = "\0";

  private final Syntax syntax;
  private final List<Flag> flags;
  private final Map<String, Flag> named = new LinkedHashMap<>();

  ArgumentParser(Syntax syntax) {
    this.syntax = syntax;
    this.flags = syntax.allFlags();
    for (var flag : flags) {
      for (var name : flag.names()) {
        named.put(name, flag);
      }
    }
  }

  Arguments parse(List<String> args) throws UsageError {
    var options = new ArrayList<>(args);
    var rest = new ArrayList<String>();
    var dashes = options.indexOf("--");
    if (dashes >= 0 && syntax.operands().tail() == Syntax.Tail.AFTER_DASHES) {
      rest.addAll(options.subList(dashes + 1, options.size()));
      options.subList(dashes, options.size()).clear();
    } else if (syntax.operands().tail() == Syntax.Tail.ALL_THE_REST) {
      var end = endOfOptions(options);
      rest.addAll(options.subList(end, options.size()));
      options.subList(end, options.size()).clear();
      if (!rest.isEmpty() && rest.getFirst().equals("--")) {
        rest.removeFirst();
      }
    }
    rejectValuesOfSwitches(options);
    joinValues(options);
    var operands = new ArrayList<String>();
    var given = withoutOperands(options, operands);
    var plain = readPlain(given);
    if (plain != null) {
      return new Arguments(plain, Set.of(), counted(operands), rest);
    }
    try {
      return arguments(commandLine(given).parseArgs(given.toArray(String[]::new)), operands, rest);
    } catch (CommandLine.UnmatchedArgumentException e) {
      throw unexpected(e.getUnmatched().isEmpty() ? unknown(options) : e.getUnmatched().getFirst());
    } catch (CommandLine.MissingParameterException e) {
      throw missing(e);
    } catch (CommandLine.OverwrittenOptionException e) {
      throw new UsageError(
          "the argument '%s' cannot be used multiple times".formatted(shown(e.getOverwritten())));
    } catch (CommandLine.ParameterException e) {
      throw new UsageError(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT));
    }
  }

  /// Returns the index of the first argument that is no option and no option's value.
  int endOfOptions(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      var arg = args.get(i);
      if (arg.equals("--") || !arg.startsWith("-") || arg.equals("-")) {
        return i;
      }
      var next = i + 1 < args.size() ? args.get(i + 1) : "--";
      if (wantsNext(arg, next)) {
        i++;
      }
    }
    return args.size();
  }

  private boolean wantsNext(String arg, String next) {
    return open(arg).filter(flag -> takes(flag, next)).isPresent();
  }

  /// Returns the option that what follows could be the value of.
  private Optional<Flag> open(String arg) {
    if (arg.startsWith("--")) {
      return findFlag(arg);
    }
    for (int i = 1; i < arg.length(); i++) {
      var flag = findFlag("-" + arg.charAt(i));
      if (flag.isPresent() && flag.get().takesValue()) {
        return i == arg.length() - 1 ? flag : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static boolean takes(Flag flag, String next) {
    return switch (flag.arity()) {
      case SWITCH, COUNT, ATTACHED_VALUE -> false;
      case VALUE, VALUES -> !next.equals("--");
      case OPTIONAL_VALUES -> !isOption(next);
    };
  }

  private Optional<Flag> findFlag(String name) {
    return Optional.ofNullable(named.get(name));
  }

  private void rejectValuesOfSwitches(List<String> args) throws UsageError {
    for (var arg : args) {
      var equals = arg.indexOf('=');
      if (arg.equals("--")) {
        return;
      }
      if (arg.startsWith("--") && equals > 0) {
        var flag = findFlag(arg.substring(0, equals));
        if (flag.isPresent() && !flag.get().takesValue()) {
          throw new UsageError(
              "unexpected value '%s' for '%s' found; no more were expected"
                  .formatted(arg.substring(equals + 1), flag.get().longName()));
        }
      }
    }
  }

  /// Returns the options with their values: of operands there may be thousands, which take picocli
  /// longer than what is done with them. An option that nobody knows is none's value, unless it is
  /// joined to it by `=`.
  private List<String> withoutOperands(List<String> args, List<String> operands) throws UsageError {
    var options = new ArrayList<String>();
    for (int i = 0; i < args.size(); i++) {
      var arg = args.get(i);
      if (arg.equals("--")) {
        operands.addAll(args.subList(i + 1, args.size()));
        break;
      }
      if (!isOption(arg)) {
        operands.add(arg);
        continue;
      }
      options.add(arg);
      var flag = open(arg).filter(f -> f.takesValue() && f.arity() != Flag.Arity.ATTACHED_VALUE);
      if (flag.isPresent() && i + 1 < args.size()) {
        var next = args.get(i + 1);
        if (isOption(next) && !next.equals("--") && findFlag(name(next)).isEmpty()) {
          throw unexpected(next);
        }
        if (takes(flag.get(), next)) {
          options.add(next);
          i++;
        }
      }
    }
    return options;
  }

  private static boolean isOption(String arg) {
    return arg.length() > 1 && arg.startsWith("-");
  }

  /// Returns the name of the first option in an argument.
  private static String name(String arg) {
    var equals = arg.indexOf('=');
    if (!arg.startsWith("--")) {
      return arg.substring(0, 2);
    }
    return equals < 0 ? arg : arg.substring(0, equals);
  }

  /// `-j -2` means all but two: the one option whose value may start with a dash. An option that
  /// takes a value only with `=` gets its mark.
  private void joinValues(List<String> args) {
    for (int i = 0; i < args.size() && !args.get(i).equals("--"); i++) {
      var arg = args.get(i);
      if ((arg.equals("-j") || arg.equals("--jobs"))
          && i + 1 < args.size()
          && args.get(i + 1).matches("-\\d+")) {
        args.set(i, "--jobs=" + args.remove(i + 1));
      } else if (isOption(arg)
          && findFlag(arg).filter(f -> f.arity() == Flag.Arity.ATTACHED_VALUE).isPresent()) {
        args.set(i, arg + "=" + ABSENT);
      }
    }
  }

  /// Reads options in their plainest form: known ones by a whole name, with a value where one is
  /// due, and not too often. Returns null where any is written otherwise or wrongly, which is for
  /// picocli to judge: starting that takes longer than most of the store's commands.
  private @Nullable Map<String, List<String>> readPlain(List<String> args) {
    var options = new LinkedHashMap<String, List<String>>();
    for (var i = 0; i < args.size(); i++) {
      var arg = args.get(i);
      var equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
      var flag = findFlag(equals < 0 ? arg : arg.substring(0, equals)).orElse(null);
      if (flag == null || (options.containsKey(flag.longName()) && !flag.isRepeated())) {
        return null;
      }
      var values = options.computeIfAbsent(flag.longName(), _ -> new ArrayList<>());
      switch (flag.arity()) {
        case SWITCH -> {}
        case VALUE, VALUES -> {
          var value =
              equals >= 0 ? arg.substring(equals + 1) : ++i < args.size() ? args.get(i) : "";
          if (value.isEmpty() || (equals < 0 && isOption(value))) {
            return null;
          }
          values.add(value);
        }
        case COUNT, OPTIONAL_VALUES, ATTACHED_VALUE -> {
          return null;
        }
      }
    }
    return options;
  }

  private CommandLine commandLine(List<String> args) {
    var spec = CommandSpec.create();
    flags.stream().filter(flag -> mayBeIn(args, flag)).forEach(f -> spec.addOption(option(f)));
    return new CommandLine(spec)
        .setExpandAtFiles(false)
        .setInterpolateVariables(false)
        .setUnmatchedOptionsAllowedAsOptionParameters(true);
  }

  /// Answers false where no argument names a flag, alone or among letters written together.
  private static boolean mayBeIn(List<String> args, Flag flag) {
    for (var arg : args) {
      for (var name : flag.names()) {
        if (name.startsWith("--") ? arg.startsWith(name) : arg.indexOf(name.charAt(1)) > 0) {
          return true;
        }
      }
    }
    return false;
  }

  private static OptionSpec option(Flag flag) {
    var option = OptionSpec.builder(flag.names().toArray(String[]::new)).paramLabel(flag.label());
    return switch (flag.arity()) {
      case SWITCH -> option.arity("0").type(boolean.class).build();
      case COUNT -> option.arity("0").type(boolean[].class).build();
      case VALUE, ATTACHED_VALUE -> option.arity("1").type(String.class).build();
      case VALUES -> option.arity("1").type(List.class).auxiliaryTypes(String.class).build();
      case OPTIONAL_VALUES ->
          option
              .arity("0..1")
              .type(List.class)
              .auxiliaryTypes(String.class)
              .fallbackValue(ABSENT)
              .build();
    };
  }

  private Arguments arguments(ParseResult result, List<String> operands, List<String> rest)
      throws UsageError {
    Map<String, List<String>> options = new LinkedHashMap<>();
    Set<String> leftOut = new HashSet<>();
    for (var option : result.matchedOptions()) {
      var flag = flagOf(option);
      // of what takes no value picocli keeps no text
      var values =
          flag.arity() == Flag.Arity.COUNT
              ? Collections.nCopies(((boolean[]) option.getValue()).length, "")
              : option.stringValues().stream().map(v -> v.equals(ABSENT) ? "" : v).toList();
      options.put(flag.longName(), values);
      if (flag.arity() != Flag.Arity.COUNT && option.stringValues().contains(ABSENT)) {
        leftOut.add(flag.longName());
      }
    }
    return new Arguments(options, leftOut, counted(operands), rest);
  }

  private List<String> counted(List<String> operands) throws UsageError {
    var expected = syntax.operands();
    if (operands.size() < expected.least()) {
      throw new UsageError(
          "the following required arguments were not provided: " + expected.label());
    }
    if (operands.size() > expected.most()) {
      throw unexpected(operands.get(expected.most()));
    }
    return operands;
  }

  private Flag flagOf(CommandLine.Model.ArgSpec option) {
    return findFlag(((OptionSpec) option).longestName()).orElseThrow();
  }

  private String shown(CommandLine.Model.ArgSpec arg) {
    return arg.isOption() ? flagOf(arg).shown() : arg.paramLabel();
  }

  private UsageError missing(CommandLine.MissingParameterException e) {
    if (e.getMissing().isEmpty()) {
      return new UsageError(String.valueOf(e.getMessage()));
    }
    var arg = e.getMissing().getFirst();
    return arg.isOption()
        ? new UsageError("a value is required for '%s' but none was supplied".formatted(shown(arg)))
        : new UsageError("the following required arguments were not provided: " + shown(arg));
  }

  /// Returns the first option that is none of the command's: picocli does not tell it where it
  /// stands in the place of a value.
  private String unknown(List<String> args) {
    return args.stream()
        .filter(arg -> arg.startsWith("-") && findFlag(arg.replaceFirst("=.*", "")).isEmpty())
        .findFirst()
        .orElseThrow();
  }

  /// Returns the first letter that is no option's among those written together.
  private String letter(String arg) {
    if (!arg.startsWith("-")) {
      return arg;
    }
    for (int i = 1; i < arg.length(); i++) {
      var name = "-" + arg.charAt(i);
      if (findFlag(name).isEmpty()) {
        return name;
      }
    }
    return arg;
  }

  private UsageError unexpected(String arg) {
    var equals = arg.indexOf('=');
    var name = !arg.startsWith("--") ? letter(arg) : equals > 0 ? arg.substring(0, equals) : arg;
    var known =
        name.startsWith("--")
            ? Nearest.flag(name, named.keySet().stream())
            : Optional.<String>empty();
    return new UsageError(
        "unexpected argument '%s' found".formatted(name),
        known.map(flag -> "a similar argument exists: '%s'".formatted(flag)).orElse(null));
  }
}
