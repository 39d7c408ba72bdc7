package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Editions and the Rust versions that have them.
final class Editions {
  private static final TreeMap<String, Integer> FIRST_MINOR =
      new TreeMap<>(Map.of("2015", 0, "2018", 31, "2021", 56, "2024", 85));
  private static final String LATEST = FIRST_MINOR.lastKey();

  private Editions() {}

  /// Returns the package's edition: 2015 where none is written, with the warning that is due.
  static String of(PackageFields fields, @Nullable String rustVersion, List<String> warnings)
      throws KilnException {
    int minor = rustVersion == null ? Integer.MAX_VALUE : minor(rustVersion);
    var edition = fields.string("edition");
    if (edition == null) {
      warn(rustVersion, minor, warnings);
      return "2015";
    }
    try {
      check(edition);
    } catch (KilnException e) {
      throw new KilnException("failed to parse the `edition` key", null, e);
    }
    var first = FIRST_MINOR.get(edition);
    if (first != null && rustVersion != null && (minor < first || !rustVersion.matches("1\\b.*"))) {
      throw new KilnException(
          "rust-version "
              + rustVersion
              + " is incompatible with the version (1."
              + first
              + ".0) required by the specified edition ("
              + edition
              + ")");
    }
    return edition;
  }

  static void check(String edition) throws KilnException {
    if (FIRST_MINOR.containsKey(edition)) {
      return;
    }
    if (edition.equals("future")) {
      throw new KilnException("feature `unstable-editions` is required");
    }
    int year = edition.matches("\\d{1,5}") ? Integer.parseInt(edition) : 0;
    throw new KilnException(
        year > 2024 && year < 2050
            ? "this version of Cargo is older than the `"
                + edition
                + "` edition, and only supports `2015`, `2018`, `2021`, and `2024` editions."
            : "supported edition values are `2015`, `2018`, `2021`, or `2024`, but `"
                + edition
                + "` is unknown");
  }

  private static void warn(@Nullable String rustVersion, int minor, List<String> warnings) {
    var best = "2015";
    for (var entry : FIRST_MINOR.entrySet()) {
      best = entry.getValue() <= minor ? entry.getKey() : best;
    }
    if (rustVersion == null || best.equals(LATEST)) {
      warnings.add("no edition set: defaulting to the 2015 edition while the latest is " + LATEST);
    } else if (!best.equals("2015")) {
      warnings.add(
          "no edition set: defaulting to the 2015 edition while "
              + best
              + " is compatible with `rust-version`");
    }
  }

  /// Returns `rust-version`, checked (Cargo: util-schemas' `RustVersion`).
  static @Nullable String rustVersion(PackageFields fields) throws KilnException {
    var value = fields.value("rust-version");
    if (value == null) {
      return null;
    }
    var text = value.string("a semver or workspace");
    if (!text.matches("\\d{1,18}(\\.\\d{1,18}){0,2}")) {
      var what =
          text.matches("\\d+\\.\\d+\\.\\d+-[^+]*")
              ? "unexpected prerelease field, "
              : text.matches("\\d+\\.\\d+\\.\\d+.*\\+.*")
                  ? "unexpected build field, "
                  : VersionReq.isValid(text) ? "unexpected version requirement, " : "";
      throw value.failure(what + "expected a version like \"1.32\"");
    }
    return text;
  }

  private static int minor(String rustVersion) {
    var parts = rustVersion.split("\\.", -1);
    boolean isOne = parts[0].equals("1");
    return !isOne ? Integer.MAX_VALUE : parts.length > 1 ? (int) Long.parseLong(parts[1]) : 0;
  }
}
