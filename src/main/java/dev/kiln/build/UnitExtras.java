package dev.kiln.build;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What kiln.toml adds to one unit: variables, which count before `[env]`'s, and arguments for its
/// linker.
public record UnitExtras(SortedMap<String, String> environment, List<String> linkArguments) {
  public static final UnitExtras NONE = new UnitExtras(new TreeMap<>(), List.of());

  public UnitExtras {
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    linkArguments = List.copyOf(linkArguments);
  }
}
