package dev.kiln.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.event.BuildEvent;
import dev.kiln.event.BuildEvent.UnitLabel;
import dev.kiln.event.BuildEvent.UnitState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class TerminalReporterTest {
  private static final UnitLabel SYN =
      new UnitLabel(0, "Compiling", "syn v2.0.0", "syn", "`syn` (lib)", false);
  private static final UnitLabel APP =
      new UnitLabel(1, "Compiling", "app v0.1.0 (/w/app)", "app", "`app` (lib)", true);
  private static final UnitLabel APP_BIN =
      new UnitLabel(2, "Compiling", "app v0.1.0 (/w/app)", "app(bin)", "`app` (bin \"app\")", true);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private TerminalReporter reporter(boolean coloured, int verbosity, IntSupplier columns) {
    return new TerminalReporter(
        new TerminalReporter.Streams(
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8)),
        new TerminalReporter.Look(coloured, verbosity, columns));
  }

  private String shown(int verbosity, BuildEvent... events) {
    try (var reporter = reporter(false, verbosity, () -> 0)) {
      List.of(events).forEach(reporter::accept);
    }
    return err.toString(StandardCharsets.UTF_8);
  }

  private static BuildEvent diagnostic(UnitLabel unit, String level, String message) {
    return new BuildEvent.Diagnostic(
        unit,
        "\u001b[1m" + level + "\u001b[0m: " + message + "\n\n",
        "{\"level\":\"" + level + "\",\"message\":\"" + message + "\"}",
        false);
  }

  private static BuildEvent finished(UnitLabel unit, UnitState state) {
    return new BuildEvent.UnitFinished(unit, state, 0.1);
  }

  private static BuildEvent started(UnitLabel unit) {
    return new BuildEvent.UnitStarted(unit, "rustc --crate-name x");
  }

  @Test
  void eachPackageHasOneLineAndTheLastLineCounts() {
    assertThat(
            shown(
                0,
                new BuildEvent.BuildStarted(3),
                finished(SYN, UnitState.REUSED),
                started(APP),
                finished(APP, UnitState.BUILT),
                started(APP_BIN),
                finished(APP_BIN, UnitState.BUILT),
                new BuildEvent.BuildFinished(true, "`dev` profile [unoptimized]", 2, 1, 0, 0.524)))
        .isEqualTo(
            """
               Compiling app v0.1.0 (/w/app)
                Finished `dev` profile [unoptimized] target(s) in 0.52s; 2 built, 1 unit reused
            """
                .replace("1 unit reused", "1 reused"));
  }

  @Test
  void nothingToDoIsOneLine() {
    assertThat(
            shown(
                0,
                new BuildEvent.BuildStarted(2),
                finished(SYN, UnitState.REUSED),
                finished(APP, UnitState.REUSED),
                new BuildEvent.BuildFinished(true, "`release` profile [optimized]", 0, 2, 0, 61)))
        .isEqualTo(
            "    Finished `release` profile [optimized] target(s) in 1m 01s;"
                + " nothing to do, 2 units reused\n");
  }

  @Test
  void warningsAreShownOnceAndCounted() {
    assertThat(
            shown(
                0,
                diagnostic(APP, "warning", "unused"),
                diagnostic(APP, "warning", "1 warning emitted"),
                finished(APP, UnitState.BUILT),
                diagnostic(APP_BIN, "warning", "unused"),
                diagnostic(APP_BIN, "warning", "other"),
                finished(APP_BIN, UnitState.BUILT)))
        .isEqualTo(
            """
            warning: unused

            warning: `app` (lib) generated 1 warning
            warning: other

            warning: `app` (bin "app") generated 2 warnings (1 duplicate)
            """);
  }

  @Test
  void warningsOfOthersAreHiddenButErrorsAreNot() {
    assertThat(shown(0, diagnostic(SYN, "warning", "old"), diagnostic(SYN, "error", "broken")))
        .isEqualTo("error: broken\n\n");
  }

  @Test
  void aFailureIsCargosSummaryAndOthersAreWaitedFor() {
    assertThat(
            shown(
                0,
                started(SYN),
                started(APP),
                new BuildEvent.UnitFailed(APP, "could not compile `app` (lib)"),
                finished(APP, UnitState.FAILED),
                finished(SYN, UnitState.BUILT),
                new BuildEvent.BuildFinished(false, "", 1, 0, 0, 1)))
        .isEqualTo(
            """
               Compiling syn v2.0.0
               Compiling app v0.1.0 (/w/app)
            error: could not compile `app` (lib)
            warning: build failed, waiting for other jobs to finish...
            """);
  }

  @Test
  void quietShowsOnlyWhatCompilersSayAndErrors() {
    assertThat(
            shown(
                -1,
                started(APP),
                new BuildEvent.Warning("kiln's own"),
                new BuildEvent.Status("Updating", "index"),
                diagnostic(APP, "warning", "unused"),
                finished(APP, UnitState.BUILT),
                new BuildEvent.UnitFailed(APP_BIN, "could not compile"),
                new BuildEvent.BuildFinished(true, "`dev`", 1, 0, 0, 1)))
        .isEqualTo("warning: unused\n\nerror: could not compile\n");
  }

  @Test
  void verboseShowsCommandsAndFreshPackages() {
    assertThat(
            shown(
                1,
                finished(SYN, UnitState.REUSED),
                started(APP),
                new BuildEvent.Detail("waiting for a lock")))
        .isEqualTo(
            """
                   Fresh syn v2.0.0
               Compiling app v0.1.0 (/w/app)
                 Running `rustc --crate-name x`
            note: waiting for a lock
            """);
  }

  @Test
  void downloadsAreSummedUp() {
    assertThat(
            shown(
                0,
                new BuildEvent.FetchStarted(2),
                new BuildEvent.Fetched("a v1.0.0", 1024 * 1024 * 3 / 2),
                new BuildEvent.Fetched("b v1.0.0", 0),
                new BuildEvent.FetchFinished(0.5),
                new BuildEvent.FetchStarted(1),
                new BuildEvent.Fetched("c v1.0.0", 1024 * 1024 / 2),
                new BuildEvent.FetchFinished(0.25),
                new BuildEvent.BuildStarted(3)))
        .isEqualTo(
            """
             Downloading crates ...
              Downloaded a v1.0.0
              Downloaded c v1.0.0
              Downloaded 2 crates (2.0MiB) in 0.75s
            """);
  }

  @Test
  void machineMessagesGoToStandardOutputAlone() {
    shown(0, new BuildEvent.MachineMessage("{}"));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{}\n");
    assertThat(err.size()).isZero();
  }

  @Test
  void coloursAreCargosAndCompilersKeepTheirOwn() {
    try (var reporter = reporter(true, 0, () -> 0)) {
      reporter.accept(new BuildEvent.Warning("w"));
      reporter.accept(diagnostic(APP, "error", "e"));
    }
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("\u001b[1m\u001b[93mwarning\u001b[0m: w\n\u001b[1merror\u001b[0m: e\n\n");
  }

  @Test
  void onATerminalABarShowsWhatRunsAndIsErasedBeforeLines() throws InterruptedException {
    try (var reporter = reporter(false, 0, () -> 80)) {
      reporter.accept(new BuildEvent.BuildStarted(4));
      reporter.accept(finished(SYN, UnitState.REUSED));
      reporter.accept(started(APP));
      for (int i = 0; i < 100 && !err.toString(StandardCharsets.UTF_8).contains("app\u001b"); i++) {
        Thread.sleep(20);
      }
      reporter.accept(new BuildEvent.Warning("w"));
    }
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains(
            "\r    Building [======>                      ] 1/4: app\u001b[K\r\u001b[Kwarning: w\n")
        .doesNotEndWith("\u001b[K\r    Building");
  }

  @Test
  void theBarFitsTheTerminal() {
    assertThat(ProgressBar.render(80, 12, 56, List.of("syn", "serde(build)")))
        .isEqualTo("[====>                      ] 12/56: syn, serde(build)");
    assertThat(ProgressBar.render(60, 56, 56, List.of("a".repeat(60))))
        .isEqualTo("[===========================] 56/56: aaaaaaa…")
        .hasSize(60 - 15);
    assertThat(ProgressBar.render(20, 1, 2, List.of())).isEmpty();
  }
}
