package dev.kiln.report;

/// Cargo's `--message-format`: who reads what compilers say.
///
/// `json` sends machine messages to standard output; of the other three, which hold only there,
/// `shortRendered` and `ansi` choose what a message's `rendered` holds and `renderDiagnostics`
/// leaves diagnostics to people. `shortRendered` without `json` is `short`.
public record MessageFormat(
    boolean json, boolean shortRendered, boolean ansi, boolean renderDiagnostics) {
  public static final MessageFormat HUMAN = new MessageFormat(false, false, false, false);
  public static final MessageFormat SHORT = new MessageFormat(false, true, false, false);
  public static final MessageFormat JSON = new MessageFormat(true, false, false, false);

  /// Says whether compiler messages go to standard output as JSON, not to people.
  public boolean diagnosticsAsJson() {
    return json && !renderDiagnostics;
  }
}
