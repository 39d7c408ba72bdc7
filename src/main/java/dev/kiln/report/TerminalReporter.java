package dev.kiln.report;

import dev.kiln.event.BuildEvent;
import dev.kiln.event.BuildEvent.UnitLabel;
import dev.kiln.event.BuildEvent.UnitState;
import dev.kiln.event.EventSink;
import dev.kiln.report.Ansi.Tone;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// Shows a build to a person as Cargo does: a line for each package at work, what compilers say,
/// and on a terminal a bar of what runs now (Cargo: compiler/job_queue).
public final class TerminalReporter implements EventSink, AutoCloseable {
  /// Redrawing more often than this only flickers.
  private static final int MILLISECONDS_BETWEEN_DRAWINGS = 100;

  private final PrintStream out;
  private final PrintStream err;
  private final Look look;
  private final Ansi ansi;

  /// Packages whose line was printed; documentation has its own.
  private final Set<String> announced = new HashSet<>();

  private final Map<Integer, Counts> counts = new HashMap<>();
  private final Set<String> shown = new HashSet<>();
  private final Map<Integer, String> active = new LinkedHashMap<>();
  private int units;
  private int done;
  private boolean failed;
  private boolean drawn;
  private boolean stale;
  private @Nullable Thread ticker;
  private boolean downloading;
  private int downloads;
  private long downloadedBytes;
  private double downloadSeconds;

  /// Machine messages go to `out`, all else to `err`.
  public record Streams(PrintStream out, PrintStream err) {}

  /// Colour, `-v` (negative for `-q`), and the width of the terminal that shows a progress bar, 0
  /// where there is none.
  public record Look(boolean coloured, int verbosity, IntSupplier columns) {
    boolean quiet() {
      return verbosity < 0;
    }

    boolean verbose() {
      return verbosity > 0;
    }
  }

  private static final class Counts {
    int warnings;
    int duplicates;
  }

  public TerminalReporter(Streams streams, Look look) {
    this.out = streams.out();
    this.err = streams.err();
    this.look = look;
    this.ansi = new Ansi(look.coloured());
  }

  @Override
  public synchronized void accept(BuildEvent event) {
    switch (event) {
      case BuildEvent.Status status -> {
        downloaded();
        status(status.verb(), status.text());
      }
      case BuildEvent.Warning warning -> warn(warning.text());
      case BuildEvent.ScriptError error -> error(error.pkg() + ": " + error.text());
      case BuildEvent.Failure failure -> error(failure.text());
      case BuildEvent.Detail detail -> {
        if (look.verbose()) {
          line(ansi.bold(Tone.NOTE, "note") + ": " + detail.text());
        }
      }
      case BuildEvent.FetchStarted fetch -> {
        if (fetch.crates() > 0 && !downloading) {
          downloading = true;
          status("Downloading", "crates ...");
        }
      }
      case BuildEvent.Fetched fetched -> {
        if (fetched.bytes() > 0) {
          downloads++;
          downloadedBytes += fetched.bytes();
          status("Downloaded", fetched.crate());
        }
      }
      case BuildEvent.FetchFinished fetch -> downloadSeconds += fetch.seconds();
      case BuildEvent.BuildStarted started -> {
        downloaded();
        start(started.units());
      }
      case BuildEvent.UnitStarted started -> started(started.unit(), started.commandLine());
      case BuildEvent.UnitFinished finished -> finished(finished.unit(), finished.state());
      case BuildEvent.Diagnostic diagnostic -> diagnostic(diagnostic);
      case BuildEvent.Output output -> line(ansi.foreign(output.line()));
      case BuildEvent.MachineMessage message -> {
        out.println(message.json());
        out.flush();
      }
      case BuildEvent.UnitFailed failure -> failed(failure);
      case BuildEvent.BuildFinished finished -> finished(finished);
      case BuildEvent.Artifacts _, BuildEvent.ScriptExecuted _ -> {}
    }
  }

  /// Takes the bar away for good.
  @Override
  public synchronized void close() {
    var thread = ticker;
    ticker = null;
    if (thread != null) {
      thread.interrupt();
    }
    erase();
    downloaded();
    err.flush();
  }

  private void start(int all) {
    units = all;
    done = 0;
    if (!look.quiet() && look.columns().getAsInt() > 0 && ticker == null) {
      ticker = Thread.ofPlatform().daemon().name("progress").start(this::draw);
    }
  }

  private void started(UnitLabel unit, @Nullable String commandLine) {
    active.put(unit.index(), unit.shortName());
    stale = true;
    announce(unit, unit.verb().equals("Running") ? "Compiling" : unit.verb());
    if (look.verbose() && commandLine != null) {
      status("Running", "`" + commandLine + "`");
    }
  }

  private void announce(UnitLabel unit, String verb) {
    if (announced.add(unit.what() + (verb.equals("Documenting") ? " doc" : ""))) {
      status(verb, unit.what());
    }
  }

  private void finished(UnitLabel unit, UnitState state) {
    active.remove(unit.index());
    done++;
    stale = true;
    if (look.verbose()) {
      switch (state) {
        case REUSED -> announce(unit, "Fresh");
        case SUBSTITUTED -> announce(unit, "Substituted");
        case BUILT, FAILED, SKIPPED -> {}
      }
    }
    var count = counts.get(unit.index());
    if (state != UnitState.FAILED && count != null && count.warnings > 0) {
      warn(
          unit.described()
              + " generated "
              + number(count.warnings, "warning")
              + (count.duplicates > 0 ? " (" + number(count.duplicates, "duplicate") + ")" : ""));
    }
  }

  /// Warnings of packages that are not the user's own are hidden; the same text is shown once; the
  /// compiler's own counts give way to Cargo's (Cargo: compiler/mod.rs `on_stderr_line_inner`).
  private void diagnostic(BuildEvent.Diagnostic event) {
    var diagnostic = Diagnostic.parse(event.json());
    if (diagnostic.isSummary()) {
      return;
    }
    var warning = diagnostic.level().equals("warning");
    if (warning && !event.unit().local() && look.verbosity() < 2) {
      return;
    }
    var isNew = shown.add(event.rendered());
    if (warning) {
      var count = counts.computeIfAbsent(event.unit().index(), _ -> new Counts());
      count.warnings++;
      count.duplicates += isNew ? 0 : 1;
    }
    if (isNew) {
      erase();
      err.print(ansi.foreign(event.rendered()));
    }
  }

  private void failed(BuildEvent.UnitFailed event) {
    active.remove(event.unit().index());
    error(event.text());
    if (!failed && !active.isEmpty()) {
      warn("build failed, waiting for other jobs to finish...");
    }
    failed = true;
  }

  /// Says once what all the levels of the graph of packages took together.
  private void downloaded() {
    if (downloads > 0) {
      status(
          "Downloaded",
          "%s (%s) in %s"
              .formatted(
                  number(downloads, "crate"), bytes(downloadedBytes), time(downloadSeconds)));
    }
    downloading = false;
    downloads = 0;
    downloadedBytes = 0;
    downloadSeconds = 0;
  }

  private void finished(BuildEvent.BuildFinished event) {
    close();
    if (event.success()) {
      var what =
          event.built() == 0 && event.fetched() == 0
              ? "nothing to do, " + number(event.reused(), "unit") + " reused"
              : event.built() + " built, " + event.reused() + " reused";
      var fetched = event.fetched() > 0 ? ", " + number(event.fetched(), "crate") + " fetched" : "";
      status(
          "Finished",
          "%s target(s) in %s; %s%s"
              .formatted(event.profile(), time(event.seconds()), what, fetched));
    }
  }

  private void status(String verb, String text) {
    if (!look.quiet()) {
      line(ansi.bold(Tone.GOOD, "%12s".formatted(verb)) + " " + text);
    }
  }

  private void warn(String text) {
    if (!look.quiet()) {
      line(ansi.bold(Tone.WARNING, "warning") + ": " + text);
    }
  }

  private void error(String text) {
    line(ansi.bold(Tone.ERROR, "error") + ": " + text);
  }

  private void line(String text) {
    erase();
    err.println(text);
  }

  private void erase() {
    if (drawn) {
      err.print("\r\u001b[K");
      drawn = false;
      stale = true;
    }
  }

  /// Draws the bar again whenever something changed, until it is told to end.
  private void draw() {
    try {
      while (true) {
        Thread.sleep(MILLISECONDS_BETWEEN_DRAWINGS);
        synchronized (this) {
          if (ticker == null) {
            return;
          }
          if (stale) {
            drawOnce();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void drawOnce() {
    var bar = ProgressBar.render(look.columns().getAsInt(), done, units, active.values());
    if (!bar.isEmpty()) {
      err.print("\r" + ansi.bold(Tone.NOTE, "%12s".formatted("Building")) + " " + bar + "\u001b[K");
      err.flush();
      drawn = true;
    }
    stale = false;
  }

  /// Returns what a compiler rendered, for a reader that shows no colours.
  public static String withoutColours(String text) {
    return Ansi.strip(text);
  }

  private static String number(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /// Cargo: util `elapsed`.
  static String time(double seconds) {
    if (seconds >= 60) {
      return "%dm %02ds".formatted((long) seconds / 60, (long) seconds % 60);
    }
    long hundredths = Math.round(seconds * 100);
    long rest = hundredths % 100;
    return hundredths / 100 + (rest < 10 ? ".0" : ".") + rest + "s";
  }

  /// Cargo: util `HumanBytes`.
  static String bytes(long count) {
    var units = new String[] {"B", "KiB", "MiB", "GiB", "TiB"};
    var value = (double) count;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? count + "B" : String.format(Locale.ROOT, "%.1f%s", value, units[unit]);
  }
}
