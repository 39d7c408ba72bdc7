package dev.kiln.build;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// The files that rustc says it read: the `.d` file in make's syntax that `--emit=dep-info` writes.
public final class DepInfo {
  private DepInfo() {}

  /// Returns the paths as rustc names them (relative ones are relative to its working directory),
  /// sorted.
  public static List<String> parse(String text) {
    var paths = new TreeSet<String>();
    for (var line : text.split("\n", -1)) {
      int colon = line.indexOf(": ");
      if (line.startsWith("#") || colon < 0) {
        continue;
      }
      paths.addAll(words(line.substring(colon + 2)));
    }
    return List.copyOf(paths);
  }

  private static List<String> words(String line) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      // a space in a name is written as "\ "; every other backslash is itself
      if (c == '\\' && i + 1 < line.length() && line.charAt(i + 1) == ' ') {
        word.append(' ');
        i++;
      } else if (c == ' ') {
        if (!word.isEmpty()) {
          words.add(word.toString());
        }
        word.setLength(0);
      } else {
        word.append(c);
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }
}
