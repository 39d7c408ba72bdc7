package dev.kiln.cli;

import static java.util.Collections.disjoint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// What a command accepts: its own flags, its operands, and what `--` means to it. Every command
/// accepts [Globals#FLAGS] besides.
record Syntax(List<Flag> flags, Operands operands) {

  /// The arguments that are no options: `label` as the usage line shows it, empty for none.
  record Operands(String label, int least, int most, Tail tail) {
    static final Operands NONE = new Operands("", 0, 0, Tail.NONE);

    /// At least this many operands, and any number more.
    static Operands many(String label, int least) {
      return new Operands(label, least, Integer.MAX_VALUE, Tail.NONE);
    }

    static Operands exactly(String label, int count) {
      return new Operands(label, count, count, Tail.NONE);
    }
  }

  /// What comes after the operands.
  enum Tail {
    /// Nothing: after `--` come operands.
    NONE,
    /// What follows `--` is for another program (`test`).
    AFTER_DASHES,
    /// The first operand, or `--`, ends the options: all that follows is for a program (`run`).
    ALL_THE_REST
  }

  Syntax {
    flags = List.copyOf(flags);
  }

  static Syntax of(Operands operands, Flag... flags) {
    return new Syntax(List.of(flags), operands);
  }

  /// Returns the command's flags and those that all commands have, less those that it has itself.
  List<Flag> allFlags() {
    var all = new ArrayList<>(flags);
    var names = new HashSet<String>();
    flags.forEach(flag -> names.addAll(flag.names()));
    for (var flag : Globals.FLAGS) {
      if (disjoint(flag.names(), names)) {
        all.add(flag);
      }
    }
    return all;
  }
}
