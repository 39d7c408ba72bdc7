package dev.kiln.report;

import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import java.io.PrintStream;
import java.util.function.IntSupplier;

/// Shows a build to a person as Cargo does.
public final class TerminalReporter implements EventSink {
  private final Streams streams;
  private final Look look;

  /// Machine messages go to `out`, all else to `err`.
  public record Streams(PrintStream out, PrintStream err) {}

  /// Colour, `-v` (negative for `-q`), and the terminal's width, 0 where there is none.
  public record Look(boolean coloured, int verbosity, IntSupplier columns) {}

  public TerminalReporter(Streams streams, Look look) {
    this.streams = streams;
    this.look = look;
  }

  @Override
  public synchronized void accept(BuildEvent event) {
    switch (event) {
      case BuildEvent.MachineMessage message -> streams.out().println(message.json());
      case BuildEvent.Status status when look.verbosity() >= 0 ->
          streams.err().println("%12s %s".formatted(status.verb(), status.text()));
      default -> {}
    }
  }
}
