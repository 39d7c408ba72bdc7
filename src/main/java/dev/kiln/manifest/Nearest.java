package dev.kiln.manifest;

import java.util.Collection;
import java.util.Optional;

/// Finds what somebody may have meant (Cargo: util/edit_distance.rs; at most three edits).
public final class Nearest {
  private Nearest() {}

  /// Returns the closest of the choices within three edits.
  public static Optional<String> to(String given, Collection<String> choices) {
    int best = 4;
    String nearest = null;
    for (var choice : choices) {
      int distance = distance(given, choice);
      if (distance < best) {
        best = distance;
        nearest = choice;
      }
    }
    return Optional.ofNullable(nearest);
  }

  private static int distance(String from, String to) {
    var row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int above = row[j];
        int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[to.length()];
  }
}
