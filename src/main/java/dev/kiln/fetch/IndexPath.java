package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.json.Json;
import dev.kiln.manifest.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Where a crate stands in an index, and how its file there reads (Cargo: registry/index/mod.rs).
final class IndexPath {
  private IndexPath() {}

  /// Returns the directories of a name: `1`, `2`, `3/a`, `ab/cd`.
  static String prefix(String name) {
    return switch (name.length()) {
      case 1 -> "1";
      case 2 -> "2";
      case 3 -> "3/" + name.charAt(0);
      default -> name.substring(0, 2) + "/" + name.substring(2, 4);
    };
  }

  /// Returns the index file of a name.
  static String of(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    return prefix(lower) + "/" + lower;
  }

  /// Reads an index file: one JSON object per line. A line that does not parse is skipped, as Cargo
  /// does with what a newer registry may say.
  static List<Published> parse(String text) {
    var published = new ArrayList<Published>();
    text.lines().forEach(line -> entry(line).ifPresent(published::add));
    return published;
  }

  private static Optional<Published> entry(String line) {
    try {
      var entry = Json.parse(line);
      var yanked = entry.find("yanked");
      return Optional.of(
          new Published(
              entry.require("name").asString(),
              Version.parse(entry.require("vers").asString()),
              Digest.parse(entry.require("cksum").asString(), HashAlgorithm.SHA256),
              yanked.isPresent() && yanked.get().asBoolean(),
              entry.require("deps").asArray()));
    } catch (KilnException e) {
      return Optional.empty();
    }
  }
}
