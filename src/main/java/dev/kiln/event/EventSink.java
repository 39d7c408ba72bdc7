package dev.kiln.event;

/// Takes events from any thread, one after another.
@FunctionalInterface
public interface EventSink {
  void accept(BuildEvent event);
}
