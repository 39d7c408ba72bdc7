package dev.kiln.store.format;

import dev.kiln.store.StorePath;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What an export stream says of a path: neither signatures nor content address.
public record ExportEntry(
    StorePath path, SortedSet<StorePath> references, @Nullable StorePath deriver) {
  public ExportEntry {
    references = Collections.unmodifiableSortedSet(new TreeSet<>(references));
  }
}
