package dev.kiln.plan;

import dev.kiln.manifest.TomlProfile;
import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One `[profile.NAME]` table of a manifest or of the configuration, or one of the tables inside
/// it; null is what was not written.
///
/// `packages` has the keys of `[profile.NAME.package]`, `*` among them.
public record ProfileLayer(
    @Nullable String inherits,
    Values values,
    @Nullable Values buildOverride,
    SortedMap<String, Values> packages) {
  /// The settings themselves; `debug` in the words of [UnitProfile.DebugInfo], `strip` of
  /// [UnitProfile.Strip], `lto` of [UnitProfile.Lto].
  public record Values(
      @Nullable String optLevel,
      UnitProfile.@Nullable Lto lto,
      @Nullable Integer codegenUnits,
      @Nullable String debug,
      @Nullable String splitDebuginfo,
      @Nullable Boolean debugAssertions,
      @Nullable Boolean overflowChecks,
      @Nullable Boolean rpath,
      UnitProfile.@Nullable Panic panic,
      @Nullable String strip,
      @Nullable Boolean hintMostlyUnused) {
    /// Nothing set.
    public static final Values NONE =
        new Values(null, null, null, null, null, null, null, null, null, null, null);

    private static Values of(TomlProfile toml) {
      var lto = toml.lto();
      var units = toml.codegenUnits();
      var panic = toml.panic();
      return new Values(
          toml.optLevel(),
          lto == null ? null : lto(lto),
          units == null ? null : Math.toIntExact(units),
          toml.debug(),
          toml.splitDebuginfo(),
          toml.debugAssertions(),
          toml.overflowChecks(),
          toml.rpath(),
          panic == null ? null : UnitProfile.Panic.valueOf(panic.toUpperCase(Locale.ROOT)),
          toml.strip(),
          toml.hintMostlyUnused());
    }

    private static UnitProfile.Lto lto(String word) {
      return switch (word) {
        case "off", "n", "no", "none" -> UnitProfile.Lto.OFF;
        default -> new UnitProfile.Lto(word);
      };
    }

    Values with(@Nullable Values over) {
      if (over == null) {
        return this;
      }
      return new Values(
          or(over.optLevel, optLevel),
          or(over.lto, lto),
          or(over.codegenUnits, codegenUnits),
          or(over.debug, debug),
          or(over.splitDebuginfo, splitDebuginfo),
          or(over.debugAssertions, debugAssertions),
          or(over.overflowChecks, overflowChecks),
          or(over.rpath, rpath),
          or(over.panic, panic),
          or(over.strip, strip),
          or(over.hintMostlyUnused, hintMostlyUnused));
    }

    private static <T> @Nullable T or(@Nullable T over, @Nullable T base) {
      return over == null ? base : over;
    }
  }

  /// A profile that sets nothing.
  public static final ProfileLayer NONE =
      new ProfileLayer(null, Values.NONE, null, new TreeMap<>());

  public ProfileLayer {
    packages = Collections.unmodifiableSortedMap(new TreeMap<>(packages));
  }

  /// Reads what a manifest or the configuration has.
  public static ProfileLayer of(TomlProfile toml) {
    var packages = new TreeMap<String, Values>();
    toml.packages().forEach((spec, profile) -> packages.put(spec, Values.of(profile)));
    var override = toml.buildOverride();
    return new ProfileLayer(
        toml.inherits(), Values.of(toml), override == null ? null : Values.of(override), packages);
  }

  /// Returns the profile that only inherits.
  static ProfileLayer inheriting(String parent) {
    return new ProfileLayer(parent, Values.NONE, null, new TreeMap<>());
  }

  /// Returns this layer with another over it: key by key, in the overrides too (Cargo:
  /// `TomlProfile::merge`).
  public ProfileLayer with(ProfileLayer over) {
    var merged = new TreeMap<>(packages);
    over.packages.forEach(
        (spec, values) -> merged.merge(spec, values, (base, upper) -> base.with(upper)));
    return new ProfileLayer(
        over.inherits == null ? inherits : over.inherits,
        values.with(over.values),
        buildOverride == null ? over.buildOverride : buildOverride.with(over.buildOverride),
        merged);
  }
}
