package dev.kiln.store;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What one run of a derivation gave: all its outputs in one record (design D2), and named lists of
/// lines that belong to whoever built it (messages to replay, observed files, link closure, the
/// sandbox's rung). The store keeps the lists and reads none of them.
public record RealisationRecord(
    StorePath derivation,
    SortedMap<String, StorePath> outputs,
    SortedMap<String, List<String>> notes) {
  public RealisationRecord {
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    notes = Collections.unmodifiableSortedMap(new TreeMap<>(notes));
  }

  /// Returns a named list, empty where there is none.
  public List<String> note(String name) {
    return notes.getOrDefault(name, List.of());
  }
}
