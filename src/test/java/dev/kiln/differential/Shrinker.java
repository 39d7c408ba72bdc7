package dev.kiln.differential;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Cuts a case down as long as what is wrong with it stays: whole folders, files, tables, lines,
/// elements of lists, words of the command.
final class Shrinker {
  /// A shorter case, if it still is one.
  @FunctionalInterface
  interface Judge {
    boolean fails(Case smaller) throws IOException, InterruptedException, KilnException;
  }

  private static final Pattern ELEMENT = Pattern.compile("\"[^\"]*\"(, )?");
  private static final Pattern PAIR = Pattern.compile(", [a-z-]+ = (\"[^\"]*\"|\\[[^]]*]|\\w+)");

  private final Judge judge;
  private int triesLeft;

  Shrinker(Judge judge, int tries) {
    this.judge = judge;
    this.triesLeft = tries;
  }

  /// Returns a judge that tries cases in directories of their own: what is wrong must look as it
  /// did, or one would end at another difference.
  static Judge differing(Path temp, CargoJudge cargo, Trial.Outcome first) {
    return smaller -> {
      var root = Files.createTempDirectory(Files.createDirectories(temp), "case");
      smaller.writeFiles(root);
      Files.createDirectories(root.resolve(smaller.order().directory()));
      var trial = new Trial(root, cargo, smaller.environment());
      if (!trial.lock(0).isEmpty()) {
        return false;
      }
      var outcome = trial.compare(smaller.order());
      return outcome.valid() == first.valid() && shape(outcome).equals(shape(first));
    };
  }

  /// Returns the first words of what differs.
  private static Set<String> shape(Trial.Outcome outcome) {
    return outcome.differences().stream()
        .map(line ->
            Stream.of(line.split(" +", -1))
                .limit(line.contains("error:") ? 8 : 2)
                .map(word -> word.replaceAll("[/`].*", ""))
                .collect(Collectors.joining(" ")))
        .collect(Collectors.toSet());
  }

  /// Returns the smallest case that was found; empty where the first is none.
  Optional<Case> shrink(Case first) throws IOException, InterruptedException, KilnException {
    if (!judge.fails(first)) {
      return Optional.empty();
    }
    var smallest = first;
    while (triesLeft > 0) {
      var smaller = words(lines(blocks(folders(smallest))));
      if (smaller.equals(smallest)) {
        break;
      }
      smallest = smaller;
    }
    return Optional.of(smallest);
  }

  private Case better(Case best, Case smaller)
      throws IOException, InterruptedException, KilnException {
    return triesLeft-- > 0 && !smaller.equals(best) && judge.fails(smaller) ? smaller : best;
  }

  private Case folders(Case best) throws IOException, InterruptedException, KilnException {
    var folders =
        Stream.concat(
                best.files().keySet().stream()
                    .filter(file -> file.endsWith("/Cargo.toml"))
                    .map(file -> file.substring(0, file.lastIndexOf('/') + 1)),
                best.files().keySet().stream())
            .toList();
    for (var folder : folders) {
      var files = new TreeMap<>(best.files());
      files.keySet().removeIf(file -> file.startsWith(folder));
      best = better(best, best.withFiles(files));
    }
    return best;
  }

  private Case blocks(Case best) throws IOException, InterruptedException, KilnException {
    for (var file : tomls(best)) {
      for (int at = 0; at >= 0; ) {
        var text = best.files().get(file);
        int next = text.indexOf("\n[", at + 1);
        int start = at == 0 && !text.startsWith("\n[") ? next : at;
        int end = start < 0 ? -1 : text.indexOf("\n[", start + 1);
        if (start < 0) {
          break;
        }
        var without = text.substring(0, start) + (end < 0 ? "\n" : text.substring(end));
        var tried = better(best, with(best, file, without));
        at = tried.equals(best) ? end : start;
        best = tried;
        if (at >= best.files().get(file).length() || end < 0) {
          break;
        }
      }
    }
    return best;
  }

  private Case lines(Case best) throws IOException, InterruptedException, KilnException {
    for (var file : tomls(best)) {
      for (int i = 0; i < best.files().get(file).lines().count(); i++) {
        var lines = new ArrayList<>(best.files().get(file).lines().toList());
        var line = lines.remove(i);
        var tried = better(best, with(best, file, text(lines)));
        if (!tried.equals(best)) {
          best = tried;
          i--;
          continue;
        }
        for (var shorter : shorter(line)) {
          var changed = new ArrayList<>(best.files().get(file).lines().toList());
          changed.set(i, shorter);
          best = better(best, with(best, file, text(changed)));
        }
      }
    }
    return best;
  }

  /// Returns the line without one of its elements, for each of them.
  private static List<String> shorter(String line) {
    var shorter = new ArrayList<String>();
    for (var pattern : List.of(ELEMENT, PAIR)) {
      if (pattern == ELEMENT && !line.contains("[")) {
        continue;
      }
      var matcher = pattern.matcher(line);
      while (matcher.find()) {
        var without = line.substring(0, matcher.start()) + line.substring(matcher.end());
        shorter.add(without.replace(", ]", "]"));
      }
    }
    return shorter;
  }

  private Case words(Case best) throws IOException, InterruptedException, KilnException {
    for (var name : List.copyOf(best.environment().keySet())) {
      var environment = new TreeMap<>(best.environment());
      environment.remove(name);
      best = better(best, best.withEnvironment(environment));
    }
    for (int width = 2; width > 0; width--) {
      for (int i = 1; i + width <= best.order().arguments().size(); i++) {
        var words = new ArrayList<>(best.order().arguments());
        words.subList(i, i + width).clear();
        var tried = better(best, best.withOrder(new Order(best.order().directory(), words)));
        i -= tried.equals(best) ? 0 : 1;
        best = tried;
      }
    }
    return better(best, best.withOrder(new Order("", best.order().arguments())));
  }

  private static List<String> tomls(Case of) {
    return of.files().keySet().stream().filter(file -> file.endsWith(".toml")).toList();
  }

  private static Case with(Case of, String file, String text) {
    SortedMap<String, String> files = new TreeMap<>(of.files());
    files.put(file, text);
    return of.withFiles(files);
  }

  private static String text(List<String> lines) {
    return String.join("\n", lines) + "\n";
  }
}
