package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Expands one entry of `members` or `default-members` as the `glob` crate does: `*`, `?`, `[…]`
/// inside a name, `**` over directories; results sorted.
final class MemberGlob {
  private MemberGlob() {}

  /// Returns what exists and matches; a directory or file each.
  static List<Path> expand(Path base, String glob) throws KilnException {
    List<Path> found = List.of(base);
    var parts = List.of(glob.split("/", -1));
    for (var part : parts) {
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      var next = new TreeSet<Path>();
      for (var path : found) {
        if (part.equals("..")) {
          next.add(path.resolve(part));
        } else if (part.equals("**")) {
          addTree(path, next);
          if (part.equals(parts.getLast())) {
            next.remove(path);
          }
        } else if (isPattern(part)) {
          addMatching(path, pattern(part, base + "/" + glob), next);
        } else if (Files.exists(path.resolve(part))) {
          next.add(path.resolve(part));
        }
      }
      found = List.copyOf(next);
    }
    return found;
  }

  static boolean isPattern(String text) {
    return text.contains("*") || text.contains("?") || text.contains("[");
  }

  private static void addTree(Path path, Set<Path> found) throws KilnException {
    if (Files.isDirectory(path)) {
      found.add(path);
      for (var entry : entries(path)) {
        addTree(entry, found);
      }
    }
  }

  private static void addMatching(Path path, Pattern pattern, Set<Path> found)
      throws KilnException {
    if (Files.isDirectory(path)) {
      for (var entry : entries(path)) {
        if (pattern.matcher(entry.getFileName().toString()).matches()) {
          found.add(entry);
        }
      }
    }
  }

  private static List<Path> entries(Path folder) throws KilnException {
    var entries = new ArrayList<Path>();
    try (var stream = Files.newDirectoryStream(folder)) {
      stream.forEach(entries::add);
    } catch (IOException e) {
      throw new KilnException("cannot list " + folder, null, e);
    }
    return entries;
  }

  /// Translates one component; the crate's sets are `[abc]`, `[a-z]`, `[!abc]`.
  static Pattern pattern(String part, String glob) throws KilnException {
    var regex = new StringBuilder();
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      switch (c) {
        case '*' -> regex.append("[^/]*");
        case '?' -> regex.append("[^/]");
        case '[' -> {
          int end = part.indexOf(']', i + 2);
          if (end < 0) {
            throw new KilnException("could not parse pattern `" + glob + "`");
          }
          var set = part.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
          regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
          i = end;
        }
        default -> regex.append(Pattern.quote(Character.toString(c)));
      }
    }
    return Pattern.compile(regex.toString());
  }
}
