package dev.kiln.realise;

import dev.kiln.derivation.UnitDerivation;
import java.util.stream.Collectors;

/// Command lines as `-v` shows them: what a shell in the unit's sandbox takes.
final class CommandLines {
  private CommandLines() {}

  static String show(UnitDerivation derivation) {
    return derivation.invocation().argv().stream()
        .map(CommandLines::quote)
        .collect(Collectors.joining(" "));
  }

  private static String quote(String arg) {
    boolean plain =
        !arg.isEmpty()
            && arg.chars()
                .allMatch(c -> Character.isLetterOrDigit(c) || "-_=/,.+:@%^".indexOf(c) >= 0);
    return plain ? arg : "'" + arg.replace("'", "'\\''") + "'";
  }
}
