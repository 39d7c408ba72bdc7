package dev.kiln.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.SortedMap;

/// What the process was started with: the only way in for the real world.
record World(
    Path cwd,
    SortedMap<String, String> environment,
    InstantSource clock,
    InputStream in,
    PrintStream out,
    PrintStream err,
    Terminal terminal) {

  /// What standard error is connected to.
  interface Terminal {
    /// No terminal: plain lines.
    Terminal NONE = () -> 0;

    /// Returns the number of columns, 0 where there is no terminal.
    int columns();
  }
}
