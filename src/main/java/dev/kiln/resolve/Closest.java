package dev.kiln.resolve;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Finds the word that somebody may have meant.
public final class Closest {
  private static final int LIMIT = 3;

  private Closest() {}

  /// Returns the nearest of the words, at most three edits away, or null.
  public static @Nullable String to(String word, Collection<String> words) {
    String best = null;
    int least = LIMIT + 1;
    for (var candidate : words) {
      int distance = distance(word, candidate);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best;
  }

  /// Says whether two words are at most three edits apart.
  public static boolean isNear(String left, String right) {
    return distance(left, right) <= LIMIT;
  }

  private static int distance(String left, String right) {
    if (Math.abs(left.length() - right.length()) > LIMIT) {
      return LIMIT + 1;
    }
    var before = new int[right.length() + 1];
    var last = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      var row = new int[right.length() + 1];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        boolean same = left.charAt(i - 1) == right.charAt(j - 1);
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
        boolean swapped =
            i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        if (swapped) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      before = last;
      last = row;
    }
    return last[right.length()];
  }
}
