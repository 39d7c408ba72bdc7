package dev.kiln.ops;

import dev.kiln.KilnException;

/// How many units run at a time: `-j`, `build.jobs`, the processors (cargo-build.md §4.8).
final class Jobs {
  private Jobs() {}

  static int count(Settings settings, Planned planned) throws KilnException {
    int processors = Runtime.getRuntime().availableProcessors();
    var given = settings.jobs();
    if (given != null) {
      return given;
    }
    var configured = planned.config().value("build", "jobs");
    if (configured == null) {
      return processors;
    }
    var word = planned.config().string("build", "jobs");
    if (word != null && word.value().equals("default")) {
      return processors;
    }
    var jobs = planned.config().integer("build", "jobs");
    long count = jobs == null ? processors : jobs;
    if (count == 0) {
      throw new KilnException("jobs may not be 0", "set `build.jobs` to 1 or more");
    }
    return (int) (count > 0 ? count : Math.max(1, processors + count));
  }
}
