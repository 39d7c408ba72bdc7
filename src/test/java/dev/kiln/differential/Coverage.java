package dev.kiln.differential;

import java.util.SortedMap;
import java.util.TreeMap;

/// How often each feature of Cargo's language occurred; what could have and did not has a zero.
final class Coverage {
  private final SortedMap<String, Integer> counts = new TreeMap<>();

  void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  void know(String what) {
    counts.putIfAbsent(what, 0);
  }

  void add(Coverage other) {
    other.counts.forEach((what, count) -> counts.merge(what, count, Integer::sum));
  }

  /// Adds what another could have counted, but not what it did: of a workspace that is none.
  void knowAll(Coverage other) {
    other.counts.keySet().forEach(this::know);
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
