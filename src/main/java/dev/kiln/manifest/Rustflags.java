package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The flags that a user adds to every rustc or rustdoc: exactly one source counts (Cargo:
/// target_info.rs `extra_args`).
public final class Rustflags {
  private final CargoConfig config;
  private final String variable;
  private final String key;

  private Rustflags(CargoConfig config, String variable, String key) {
    this.config = config;
    this.variable = variable;
    this.key = key;
  }

  public static Rustflags forRustc(CargoConfig config) {
    return new Rustflags(config, "RUSTFLAGS", "rustflags");
  }

  public static Rustflags forRustdoc(CargoConfig config) {
    return new Rustflags(config, "RUSTDOCFLAGS", "rustdocflags");
  }

  /// Returns the flags for units on `triple`. `host` says that they are for the host, `targetGiven`
  /// that a `--target` or `build.target` was: then host units get none. `cfgs` are those of the
  /// platform, null before rustc was asked for them.
  public List<String> flags(
      String triple, boolean host, boolean targetGiven, @Nullable Set<CfgExpr.Cfg> cfgs)
      throws KilnException {
    if (host && targetGiven) {
      return List.of();
    }
    var encoded = config.environment().get("CARGO_ENCODED_" + variable);
    if (encoded != null) {
      return encoded.isEmpty() ? List.of() : List.of(encoded.split("\u001f", -1));
    }
    var plain = config.environment().get(variable);
    if (plain != null) {
      return words(plain);
    }
    var ofTarget = ofTarget(triple, cfgs);
    return ofTarget.isEmpty() ? values(config.strings("build", key)) : ofTarget;
  }

  private static List<String> words(String text) {
    var words = new ArrayList<String>();
    for (var word : text.split(" ", -1)) {
      if (!word.isBlank()) {
        words.add(word.strip());
      }
    }
    return words;
  }

  private List<String> ofTarget(String triple, @Nullable Set<CfgExpr.Cfg> cfgs)
      throws KilnException {
    var flags = new ArrayList<>(values(config.strings("target", triple, key)));
    if (cfgs == null || !key.equals("rustflags")) {
      return flags;
    }
    for (var table : config.table("target").keySet()) {
      if (table.startsWith("cfg(") && Platform.parse(table).matches(triple, cfgs)) {
        flags.addAll(values(config.strings("target", table, key)));
      }
    }
    return flags;
  }

  private static List<String> values(@Nullable List<CargoConfig.Located> located) {
    return located == null ? List.of() : located.stream().map(CargoConfig.Located::value).toList();
  }
}
