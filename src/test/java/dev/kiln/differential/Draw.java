package dev.kiln.differential;

import java.util.List;
import java.util.Random;

/// Random choices of one seed, with a count of what was drawn.
final class Draw {
  private final Random random;
  private final Coverage coverage;

  Draw(long seed, Coverage coverage) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L + 17);
    this.coverage = coverage;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /// Draws whether a feature of the language occurs, and counts it where it does.
  boolean chance(int percent, String what) {
    boolean drawn = chance(percent);
    coverage.know(what);
    if (drawn) {
      coverage.count(what);
    }
    return drawn;
  }

  void know(String... features) {
    for (var feature : features) {
      coverage.know(feature);
    }
  }

  void count(String what) {
    coverage.count(what);
  }

  @SafeVarargs
  final <T> T one(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /// Draws one of the words that a feature of the language may be, and counts that word.
  String kind(String what, String... choices) {
    for (var choice : choices) {
      coverage.know(what + choice);
    }
    var drawn = one(choices);
    coverage.count(what + drawn);
    return drawn;
  }

  <T> T one(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
