package dev.kiln.cli;

import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// Loggers for the JDK that say nothing: kiln's errors carry what there is to say.
///
/// At the first child process, and at an exit with a code, the JDK looks for whoever takes its log,
/// reads the large jar's directory for it, and then starts its own: 14 ms of CPU time. `src/dist`
/// puts the service's file into small jars in front, where the search ends.
public class QuietLoggers extends System.LoggerFinder {
  private static final System.Logger QUIET = new Quiet();

  @Override
  public System.Logger getLogger(String name, Module module) {
    return QUIET;
  }

  /// The JDK takes the first, but asks whether there is a second, and would look on for it.
  public static final class Second extends QuietLoggers {}

  private static final class Quiet implements System.Logger {
    @Override
    public String getName() {
      return "quiet";
    }

    @Override
    public boolean isLoggable(Level level) {
      return false;
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String message,
        @Nullable Throwable thrown) {}

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String format,
        @Nullable Object @Nullable ... parameters) {}
  }
}
