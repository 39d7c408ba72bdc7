package dev.kiln.cli;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds the name that was probably meant.
final class Nearest {
  /// Cargo: a command is similar at an edit distance below 4.
  private static final int FARTHEST = 3;

  /// clap: a flag is similar at a Jaro similarity above 0.7.
  private static final double LEAST = 0.7;

  private Nearest() {}

  /// Returns the command nearest to a word (Cargo: util/edit_distance.rs `closest`).
  static Optional<String> command(String word, Stream<String> names) {
    return names
        .filter(name -> distance(word, name) <= FARTHEST)
        .min(Comparator.comparingInt(name -> distance(word, name)));
  }

  /// Returns the flag nearest to one (clap: `did_you_mean`).
  static Optional<String> flag(String flag, Stream<String> names) {
    return names
        .filter(name -> name.startsWith("--"))
        .filter(name -> jaro(flag.substring(2), name.substring(2)) > LEAST)
        .max(Comparator.comparingDouble(name -> jaro(flag.substring(2), name.substring(2))));
  }

  /// The number of edits between two words; swapping two neighbours is one edit.
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        var same = a.charAt(i - 1) == b.charAt(j - 1);
        d[i][j] =
            Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (same ? 0 : 1));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }

  /// The Jaro similarity of two words, between 0 and 1.
  static double jaro(String a, String b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.equals(b) ? 1 : 0;
    }
    int window = Math.max(Math.max(a.length(), b.length()) / 2 - 1, 0);
    var taken = new boolean[b.length()];
    var matched = new StringBuilder();
    for (int i = 0; i < a.length(); i++) {
      for (int j = Math.max(0, i - window); j < Math.min(b.length(), i + window + 1); j++) {
        if (!taken[j] && a.charAt(i) == b.charAt(j)) {
          taken[j] = true;
          matched.append(a.charAt(i));
          break;
        }
      }
    }
    if (matched.isEmpty()) {
      return 0;
    }
    int swapped = 0;
    int next = 0;
    for (int j = 0; j < b.length(); j++) {
      if (taken[j] && matched.charAt(next++) != b.charAt(j)) {
        swapped++;
      }
    }
    double matches = matched.length();
    int transposed = swapped / 2;
    return (matches / a.length() + matches / b.length() + (matches - transposed) / matches) / 3;
  }
}
