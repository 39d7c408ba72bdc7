package dev.kiln.realise;

import dev.kiln.build.Invocation;
import dev.kiln.event.BuildEvent.UnitState;
import dev.kiln.store.StorePath;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What became of one unit, as `--report` tells it.
///
/// `derivation` and `invocation` are null for a unit that was skipped before its inputs were there.
/// `started` is null where nothing ran; times are seconds since the command began.
public record UnitResult(
    int unit,
    UnitState state,
    String reason,
    @Nullable StorePath derivation,
    SortedMap<String, StorePath> outputs,
    @Nullable Invocation invocation,
    @Nullable Double started,
    double seconds) {
  public UnitResult {
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
  }
}
