package dev.kiln.sandbox;

import dev.kiln.process.RawText;
import java.util.function.Consumer;

/// Standard error on its way to the listener; remembers the last line, which says why no sandbox
/// could be made.
final class Complaints implements Consumer<byte[]> {
  private final Consumer<byte[]> listener;
  private volatile byte[] last = new byte[0];

  Complaints(Consumer<byte[]> listener) {
    this.listener = listener;
  }

  @Override
  public void accept(byte[] line) {
    last = line;
    listener.accept(line);
  }

  String last() {
    return RawText.of(last);
  }
}
