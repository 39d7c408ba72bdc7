package dev.kiln.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A parsed command line: the values of each option by its long name, in the order in which options
/// were first given, the options whose optional value was left out, the operands, and what was left
/// for another program.
record Arguments(
    Map<String, List<String>> options,
    Set<String> leftOut,
    List<String> operands,
    List<String> rest) {
  static final Arguments NONE = new Arguments(Map.of(), Set.of(), List.of(), List.of());

  Arguments {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    leftOut = Set.copyOf(leftOut);
    operands = List.copyOf(operands);
    rest = List.copyOf(rest);
  }

  boolean has(String longName) {
    return options.containsKey(longName);
  }

  int count(String longName) {
    return all(longName).size();
  }

  /// Returns all values in their order; an empty text where an optional value was left out.
  List<String> all(String longName) {
    return options.getOrDefault(longName, List.of());
  }

  Optional<String> find(String longName) {
    var values = all(longName);
    return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }
}
