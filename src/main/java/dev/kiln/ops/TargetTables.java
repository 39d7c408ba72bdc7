package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.Platform;
import dev.kiln.toolchain.TargetInfo;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What `[target]` says of a platform: the table of its triple, else the one `cfg(…)` that matches
/// (Cargo: compilation.rs `target_runner`, `target_linker`).
final class TargetTables {
  private final CargoConfig config;
  private final TargetInfo info;

  TargetTables(CargoConfig config, TargetInfo info) {
    this.config = config;
    this.info = info;
  }

  /// Returns the linker, null where none is named.
  @Nullable String linker() throws KilnException {
    var table = table("linker");
    return table == null ? null : config.program("target", table, "linker");
  }

  /// Returns what runs programs of the platform, null where nothing is named.
  @Nullable List<String> runner() throws KilnException {
    var table = table("runner");
    return table == null ? null : config.command("target", table, "runner");
  }

  private @Nullable String table(String key) throws KilnException {
    if (config.command("target", info.triple(), key) != null) {
      return info.triple();
    }
    String found = null;
    for (var table : config.table("target").keySet()) {
      var value = config.value("target", table, key);
      if (value == null
          || !table.startsWith("cfg(")
          || !Platform.parse(table).matches(info.triple(), Set.copyOf(info.cfgs()))) {
        continue;
      }
      if (found != null) {
        throw new KilnException(
            "several matching instances of `target.'cfg(..)'."
                + key
                + "` in configurations\n"
                + located("first", found, key)
                + "\n"
                + located("second", table, key));
      }
      found = table;
    }
    return found;
  }

  private String located(String which, String table, String key) {
    var value = config.value("target", table, key);
    return which + " match `" + table + "` located in " + (value == null ? "" : value.definition());
  }
}
