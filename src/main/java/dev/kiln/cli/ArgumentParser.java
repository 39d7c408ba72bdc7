package dev.kiln.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Parses the arguments of one command as Cargo's parser (clap) does, and says what is wrong with
/// them in its words.
final class ArgumentParser {
  /// `-j -2` means all but two: the one option whose value may start with a dash.
  private static final String SIGNED = "--jobs";

  private final Syntax syntax;

  ArgumentParser(Syntax syntax) {
    this.syntax = syntax;
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
    var pass = new Pass();
    pass.take(options);
    if (pass.operands.size() < syntax.operands().least()) {
      throw new UsageError(
          "the following required arguments were not provided: " + syntax.operands().label());
    }
    return new Arguments(pass.values, pass.leftOut, pass.operands, rest);
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
    if (arg.startsWith("--")) {
      return findFlag(arg).filter(flag -> takes(flag, next)).isPresent();
    }
    for (int i = 1; i < arg.length(); i++) {
      var flag = findFlag("-" + arg.charAt(i));
      if (flag.isPresent() && flag.get().takesValue()) {
        return i == arg.length() - 1 && takes(flag.get(), next);
      }
    }
    return false;
  }

  private static boolean takes(Flag flag, String next) {
    return switch (flag.arity()) {
      case SWITCH, COUNT, ATTACHED_VALUE -> false;
      case VALUE, VALUES -> !next.equals("--");
      case OPTIONAL_VALUES -> !next.startsWith("-");
    };
  }

  private Optional<Flag> findFlag(String name) {
    return syntax.allFlags().filter(flag -> flag.names().contains(name)).findFirst();
  }

  /// One way through the arguments; the first fault ends it.
  private final class Pass {
    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final Set<String> leftOut = new HashSet<>();
    private final List<String> operands = new ArrayList<>();

    private void take(List<String> args) throws UsageError {
      for (var i = 0; i < args.size(); i++) {
        var arg = args.get(i);
        if (arg.equals("--")) {
          for (var operand : args.subList(i + 1, args.size())) {
            takeOperand(operand);
          }
          return;
        }
        var next = i + 1 < args.size() ? args.get(i + 1) : null;
        if (!isOption(arg)) {
          takeOperand(arg);
        } else if (arg.startsWith("--") ? takeLong(arg, next) : takeLetters(arg, next)) {
          i++;
        }
      }
    }

    private void takeOperand(String arg) throws UsageError {
      if (operands.size() == syntax.operands().most()) {
        throw unexpected(arg);
      }
      operands.add(arg);
    }

    /// Answers whether the next argument was the option's value.
    private boolean takeLong(String arg, @Nullable String next) throws UsageError {
      var equals = arg.indexOf('=');
      var flag = findFlag(equals < 0 ? arg : arg.substring(0, equals));
      if (flag.isEmpty()) {
        throw unexpected(arg);
      }
      return take(flag.get(), equals < 0 ? null : arg.substring(equals + 1), next);
    }

    /// Letters written together, the last perhaps with its value: `-vj4`, `-j=4`.
    private boolean takeLetters(String arg, @Nullable String next) throws UsageError {
      for (var i = 1; i < arg.length(); i++) {
        var flag = findFlag("-" + arg.charAt(i));
        if (flag.isEmpty()) {
          throw unexpected(arg);
        }
        var end = arg.substring(i + 1);
        if (flag.get().takesValue()) {
          var value = end.startsWith("=") ? end.substring(1) : end.isEmpty() ? null : end;
          return take(flag.get(), value, next);
        }
        var _ = take(flag.get(), null, next);
      }
      return false;
    }

    private boolean take(Flag flag, @Nullable String attached, @Nullable String next)
        throws UsageError {
      if (attached != null) {
        checkTakesValue(flag, attached);
      }
      var separate = attached == null && next != null ? separate(flag, next) : null;
      if (attached == null && separate == null && isNeeded(flag)) {
        throw new UsageError(
            "a value is required for '%s' but none was supplied".formatted(flag.shown()));
      }
      put(flag, attached != null ? attached : separate);
      return separate != null;
    }

    private void checkTakesValue(Flag flag, String value) throws UsageError {
      if (!flag.takesValue()) {
        throw new UsageError(
            "unexpected value '%s' for '%s%s' found; no more were expected"
                .formatted(value, flag.longName(), flag.arity() == Flag.Arity.COUNT ? "..." : ""));
      }
    }

    /// Returns the next argument where it is the option's value.
    private @Nullable String separate(Flag flag, String next) throws UsageError {
      return switch (flag.arity()) {
        case SWITCH, COUNT, ATTACHED_VALUE -> null;
        case OPTIONAL_VALUES -> isOption(next) ? null : next;
        case VALUE, VALUES -> {
          if (!isOption(next) || flag.longName().equals(SIGNED)) {
            yield next;
          }
          checkKnown(next);
          yield null;
        }
      };
    }

    /// Checks what stands in the place of a value.
    private void checkKnown(String arg) throws UsageError {
      var equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
      var name = equals > 0 ? arg.substring(0, equals) : arg;
      var flag = findFlag(arg.startsWith("--") ? name : arg.substring(0, 2));
      if (flag.isEmpty() && !arg.equals("--")) {
        throw unexpected(arg);
      }
      if (flag.isPresent() && equals > 0) {
        checkTakesValue(flag.get(), arg.substring(equals + 1));
      }
    }

    private void put(Flag flag, @Nullable String value) throws UsageError {
      var all = values.computeIfAbsent(flag.longName(), _ -> new ArrayList<>());
      if (!all.isEmpty() && flag.arity().once()) {
        throw new UsageError(
            "the argument '%s' cannot be used multiple times".formatted(flag.shown()));
      }
      if (value == null && flag.takesValue()) {
        leftOut.add(flag.longName());
      }
      all.add(value == null ? "" : value);
    }
  }

  private static boolean isOption(String arg) {
    return arg.length() > 1 && arg.startsWith("-");
  }

  private static boolean isNeeded(Flag flag) {
    return flag.arity() == Flag.Arity.VALUE || flag.arity() == Flag.Arity.VALUES;
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
            ? Nearest.flag(name, syntax.allFlags().flatMap(flag -> flag.names().stream()))
            : Optional.<String>empty();
    return new UsageError(
        "unexpected argument '%s' found".formatted(name),
        known.map(flag -> "a similar argument exists: '%s'".formatted(flag)).orElse(null));
  }
}
