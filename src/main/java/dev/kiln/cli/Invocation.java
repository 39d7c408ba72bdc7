package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;
import dev.kiln.ops.Settings;
import dev.kiln.process.RawText;
import java.io.PrintStream;
import java.nio.file.Path;

/// One call of a command: its arguments, the world seen through the global options, and what shows
/// events to the user.
record Invocation(World world, Globals globals, Arguments arguments, EventSink events) {
  Settings settings() throws KilnException {
    return globals.settings(world);
  }

  /// Returns a path argument, taken from the directory that `-C` may have chosen.
  Path path(String text) throws KilnException {
    return asWritten(text).normalize();
  }

  /// Returns a path argument with its `.` and `..`.
  Path asWritten(String text) throws KilnException {
    return RawText.path(globals.directory(world), text);
  }

  PrintStream out() {
    return world.out();
  }
}
