package dev.kiln.differential;

import java.util.SortedMap;
import java.util.TreeMap;

/// How often each feature of Cargo's language occurred.
final class Coverage {
  private final SortedMap<String, Integer> counts = new TreeMap<>();

  void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  SortedMap<String, Integer> counts() {
    return counts;
  }

  /// Returns a line per feature, the rarest first.
  String table() {
    var table = new StringBuilder();
    counts.entrySet().stream()
        .sorted((a, b) -> Integer.compare(a.getValue(), b.getValue()))
        .forEach(entry -> table.append("%7d  %s%n".formatted(entry.getValue(), entry.getKey())));
    return table.toString();
  }
}
