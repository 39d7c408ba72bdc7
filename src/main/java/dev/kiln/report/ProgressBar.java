package dev.kiln.report;

import java.util.Collection;

/// The text of Cargo's progress bar (Cargo: util/progress.rs `Format`): `Building [====> ] 12/56:
/// syn, serde(build)`.
final class ProgressBar {
  /// Where the bar begins: a right-aligned word of 12 columns and a blank, as `Building [`, counted
  /// as Cargo counts.
  private static final int HEADER = 15;

  /// The bar and the count are never wider than this; what runs may fill the rest.
  private static final int WIDEST = 50;

  private ProgressBar() {}

  /// Returns the bar and what follows, without the word before it; empty where the terminal is too
  /// narrow.
  static String render(int columns, int done, int all, Collection<String> active) {
    var stats = " " + done + "/" + all;
    var width = Math.min(columns, WIDEST) - stats.length() - 2 - HEADER;
    if (width < 1) {
      return "";
    }
    var filled = all == 0 ? 0 : (int) ((long) width * done / all);
    var bar = new StringBuilder("[");
    if (filled > 0) {
      bar.repeat('=', filled - 1).append(done == all ? '=' : '>');
    }
    bar.repeat(' ', width - filled).append(']').append(stats);
    return active.isEmpty() ? bar.toString() : withNames(bar, columns, String.join(", ", active));
  }

  private static String withNames(StringBuilder bar, int columns, String names) {
    var text = ": " + names;
    var room = columns - bar.length() - HEADER;
    if (room <= 3) {
      return bar.toString();
    }
    var fits = text.codePointCount(0, text.length()) <= room;
    return bar.append(fits ? text : text.substring(0, text.offsetByCodePoints(0, room - 1)) + "…")
        .toString();
  }
}
