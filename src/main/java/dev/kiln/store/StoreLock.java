package dev.kiln.store;

/// A lock on one derivation, between threads and processes, until it is closed.
public interface StoreLock extends AutoCloseable {
  @Override
  void close();
}
