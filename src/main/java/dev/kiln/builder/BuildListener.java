package dev.kiln.builder;

import java.nio.file.Path;
import java.util.SortedMap;

/// What a caller hears of a run while it lasts. Called from the builder's own threads, one call at
/// a time per stream.
public interface BuildListener {
  /// Says where outputs appear, before the program starts. A builder elsewhere passes an empty map.
  default void started(SortedMap<String, Path> liveOutputs) {}

  /// One line of standard output, bytes without the line feed.
  default void stdout(byte[] line) {}

  /// One line of standard error, bytes without the line feed.
  default void stderr(byte[] line) {}
}
