package dev.kiln.builder;

/// The rung of the sandbox ladder that a run had (design D5); part of every record.
public enum Isolation {
  /// bubblewrap with a fresh /proc.
  BUBBLEWRAP("bubblewrap"),
  /// util-linux unshare in two steps with a fresh /proc.
  UNSHARE("unshare"),
  /// Either of the two without a fresh /proc.
  WEAK("weak"),
  /// Real root's mount namespace and an unprivileged uid, no user namespace.
  SETUID("setuid"),
  /// `--no-sandbox`.
  NONE("none");

  private final String word;

  Isolation(String word) {
    this.word = word;
  }

  /// Returns the word that records and reports use.
  public String word() {
    return word;
  }
}
