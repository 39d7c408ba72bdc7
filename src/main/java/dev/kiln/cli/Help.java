package dev.kiln.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/// Writes the help of kiln and of its commands, laid out as Cargo's.
final class Help {
  private Help() {}

  static int overview(PrintStream out) {
    out.println("Builds Rust workspaces as Nix would: sandboxed, content-addressed, cached\n");
    out.println("Usage: kiln [OPTIONS] <COMMAND>\n");
    options(out, Commands.PREFIX);
    out.println("\nCommands:");
    table(out, Commands.VERBS);
    out.println("\nSee 'kiln help COMMAND' for more information on a command.");
    return 0;
  }

  static int list(PrintStream out) {
    out.println("Installed Commands:");
    table(out, Commands.VERBS);
    return 0;
  }

  static int group(PrintStream out, String title, Verb verb) {
    out.println(verb.about() + "\n\nUsage: " + title + " <COMMAND>\n\nCommands:");
    table(out, verb.verbs());
    return 0;
  }

  static int command(PrintStream out, String title, Verb verb, Syntax syntax) {
    out.println(verb.about() + "\n\nUsage: " + usage(title, syntax) + "\n");
    options(out, syntax);
    return 0;
  }

  /// Returns the line after `Usage: `.
  static String usage(String title, Syntax syntax) {
    var operands = syntax.operands();
    var line = title + " [OPTIONS]" + (operands.label().isEmpty() ? "" : " " + operands.label());
    return operands.tail() == Syntax.Tail.AFTER_DASHES ? line + " [-- [ARGS]...]" : line;
  }

  static boolean owns(Syntax syntax, String longName) {
    return syntax.flags().stream().anyMatch(flag -> flag.names().contains(longName));
  }

  private static void table(PrintStream out, List<Verb> verbs) {
    for (var verb : verbs) {
      var name = verb.alias().isEmpty() ? verb.name() : verb.name() + ", " + verb.alias();
      out.printf("    %-20s %s%n", name, verb.about());
    }
  }

  private static void options(PrintStream out, Syntax syntax) {
    var groups =
        syntax.allFlags().stream()
            .collect(Collectors.groupingBy(Flag::group, LinkedHashMap::new, Collectors.toList()));
    var first = true;
    for (var group : groups.entrySet()) {
      out.println((first ? "" : "\n") + group.getKey() + ":");
      first = false;
      for (var flag : group.getValue()) {
        var names = String.join(", ", flag.names());
        var indent = names.startsWith("--") ? "      " : "  ";
        out.printf("%-32s %s%n", indent + names + flag.shownLabel(), flag.about());
      }
    }
  }
}
