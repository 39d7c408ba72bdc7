package dev.kiln.process;

import java.util.Map;

/// How a process ended: its exit code, or 128 plus the number of the signal that ended it.
public record Exit(int code) {
  private static final int SIGNALS = 128;

  /// Signals that end programs, as Cargo tells of them (cargo-util: `exit_status_to_string`).
  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "SIGHUP: hangup"),
          Map.entry(2, "SIGINT: terminal interrupt signal"),
          Map.entry(3, "SIGQUIT: terminal quit signal"),
          Map.entry(4, "SIGILL: illegal instruction"),
          Map.entry(5, "SIGTRAP: trace/breakpoint trap"),
          Map.entry(6, "SIGABRT: process abort signal"),
          Map.entry(7, "SIGBUS: access to undefined memory"),
          Map.entry(8, "SIGFPE: erroneous arithmetic operation"),
          Map.entry(9, "SIGKILL: kill"),
          Map.entry(11, "SIGSEGV: invalid memory reference"),
          Map.entry(13, "SIGPIPE: write on a pipe with no one to read"),
          Map.entry(14, "SIGALRM: alarm clock"),
          Map.entry(15, "SIGTERM: termination signal"),
          Map.entry(31, "SIGSYS: bad system call"));

  public boolean isSuccess() {
    return code == 0;
  }

  /// Says whether a signal ended the process.
  public boolean isSignal() {
    return code > SIGNALS;
  }

  /// Returns how it ended in Cargo's words: `exit status: 3`, `signal: 9, SIGKILL: kill`.
  public String described() {
    if (!isSignal()) {
      return "exit status: " + code;
    }
    int signal = code - SIGNALS;
    var name = NAMES.get(signal);
    return "signal: " + signal + (name == null ? "" : ", " + name);
  }
}
