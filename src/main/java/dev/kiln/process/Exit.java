package dev.kiln.process;

/// How a process ended: its exit code, or 128 plus the number of the signal that ended it.
public record Exit(int code) {
  public boolean isSuccess() {
    return code == 0;
  }
}
