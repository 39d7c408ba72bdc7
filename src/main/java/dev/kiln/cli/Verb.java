package dev.kiln.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A word of the command line: either a command, made only when it is asked for, or a group of
/// further verbs (`store add`).
///
/// `alias` is Cargo's one-letter name or empty. `failure` is the exit code of a
/// [dev.kiln.KilnException] there: 101 as Cargo, 1 as Nix.
record Verb(
    String name,
    String alias,
    String about,
    int failure,
    @Nullable Supplier<Command> command,
    List<Verb> verbs) {
  static final int CARGO = 101;
  static final int NIX = 1;

  Verb {
    verbs = List.copyOf(verbs);
  }

  /// Returns a command that fails as Cargo's do.
  static Verb cargo(String name, String alias, String about, Supplier<Command> command) {
    return new Verb(name, alias, about, CARGO, command, List.of());
  }

  /// Returns a command that fails as Nix's do.
  static Verb nix(String name, String about, Supplier<Command> command) {
    return new Verb(name, "", about, NIX, command, List.of());
  }

  /// Returns a group of Nix's commands.
  static Verb group(String name, String about, Verb... verbs) {
    return new Verb(name, "", about, NIX, null, List.of(verbs));
  }

  static Optional<Verb> find(List<Verb> verbs, String word) {
    for (var verb : verbs) {
      if (verb.name.equals(word) || (verb.alias.equals(word) && !word.isEmpty())) {
        return Optional.of(verb);
      }
    }
    return Optional.empty();
  }
}
