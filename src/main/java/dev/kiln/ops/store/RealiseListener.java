package dev.kiln.ops.store;

import dev.kiln.store.StorePath;

/// What a realisation says while it lasts, from any thread.
public interface RealiseListener {
  /// A line for people.
  void say(String line);

  /// A line that a builder wrote.
  void log(StorePath derivation, String line);
}
