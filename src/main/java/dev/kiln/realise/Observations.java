package dev.kiln.realise;

import dev.kiln.build.Layout;
import dev.kiln.digest.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Files of the live workspace that a run read, with what they held (design D6).
///
/// One line per path, `KIND HASH PATH`: `file` with the SHA-256 of its contents, `dir` with that of
/// all names and contents below it, `absent` with a dash. A record with observations counts only
/// where each still holds, which is Cargo's own rule of freshness with contents for times.
final class Observations {
  private final Layout layout;
  private final Map<Path, String> states = new ConcurrentHashMap<>();

  Observations(Layout layout) {
    this.layout = layout;
  }

  /// Returns the lines for sandbox paths; those that no user's file can be behind are left out.
  List<String> observe(Collection<String> sandboxPaths) {
    var lines = new ArrayList<String>();
    for (var path : new TreeSet<>(sandboxPaths)) {
      var local = layout.local(path);
      if (local != null) {
        lines.add(state(local) + " " + path);
      }
    }
    return lines;
  }

  /// Returns the first path whose state is another one now; empty where all lines hold.
  Optional<String> firstChanged(List<String> lines) {
    for (var line : lines) {
      int afterKind = line.indexOf(' ');
      int afterHash = line.indexOf(' ', afterKind + 1);
      var path = line.substring(afterHash + 1);
      var local = layout.local(path);
      if (local == null || !state(local).equals(line.substring(0, afterHash))) {
        return Optional.of(path);
      }
    }
    return Optional.empty();
  }

  /// Says whether any of the files was written after a moment, so that what a run read and what is
  /// there now may differ.
  boolean changedSince(List<String> lines, FileTime moment) {
    return lines.stream()
        .map(line -> layout.local(line.substring(line.indexOf(' ', line.indexOf(' ') + 1) + 1)))
        .anyMatch(local -> local != null && isNewer(local, moment));
  }

  private static boolean isNewer(Path file, FileTime moment) {
    try {
      return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).compareTo(moment) > 0;
    } catch (IOException e) {
      return false;
    }
  }

  private String state(Path path) {
    return states.computeIfAbsent(path, Observations::read);
  }

  private static String read(Path path) {
    try {
      if (Files.isDirectory(path)) {
        return "dir " + directory(path);
      }
      return Files.exists(path)
          ? "file " + Digest.sha256(Files.readAllBytes(path)).hex()
          : "absent -";
    } catch (IOException e) {
      return "unreadable -";
    }
  }

  private static String directory(Path root) throws IOException {
    var text = new StringBuilder();
    try (Stream<Path> walk = Files.walk(root)) {
      for (var path : walk.sorted().toList()) {
        text.append(root.relativize(path)).append('\0');
        if (Files.isRegularFile(path)) {
          text.append(Digest.sha256(Files.readAllBytes(path)).hex());
        }
        text.append('\n');
      }
    }
    return Digest.sha256(text.toString().getBytes(StandardCharsets.UTF_8)).hex();
  }
}
