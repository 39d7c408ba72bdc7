package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.ConfigValue;

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
    if (configured instanceof ConfigValue.Table || configured instanceof ConfigValue.Items) {
      var why = "invalid type: " + configured.literal() + ", expected an integer or string";
      throw CargoConfig.notLoaded(configured, new KilnException(why), "build", "jobs");
    }
    var word =
        configured instanceof ConfigValue.Number ? null : planned.config().string("build", "jobs");
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
