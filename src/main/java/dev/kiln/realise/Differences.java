package dev.kiln.realise;

import dev.kiln.KilnException;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Tells the outputs of two runs of a derivation apart, file by file.
final class Differences {
  private final Store store;

  Differences(Store store) {
    this.store = store;
  }

  /// Returns one line for each file that differs or that only one of the two has.
  String between(SortedMap<String, StorePath> before, SortedMap<String, StorePath> after)
      throws KilnException {
    var lines = new ArrayList<String>();
    for (var output : before.entrySet()) {
      var other = after.get(output.getKey());
      if (other == null || other.equals(output.getValue())) {
        continue;
      }
      var one = store.physical(output.getValue());
      var two = store.physical(other);
      try {
        var names = new TreeSet<>(files(one));
        names.addAll(files(two));
        for (var name : names) {
          describe(one.resolve(name), two.resolve(name), lines);
        }
      } catch (IOException e) {
        throw new KilnException("cannot compare " + one + " with " + two, null, e);
      }
    }
    return String.join("\n", lines);
  }

  private static void describe(Path one, Path two, List<String> lines) throws IOException {
    if (!Files.exists(one) || !Files.exists(two)) {
      lines.add("  only in " + (Files.exists(one) ? one : two));
    } else {
      long at = Files.mismatch(one, two);
      if (at >= 0) {
        lines.add("  " + one + " and " + two + " differ at byte " + at);
      }
    }
  }

  private static List<String> files(Path tree) throws IOException {
    try (Stream<Path> walk = Files.walk(tree)) {
      return walk.filter(Files::isRegularFile)
          .map(file -> tree.relativize(file).toString())
          .toList();
    }
  }
}
