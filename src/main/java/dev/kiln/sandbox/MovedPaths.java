package dev.kiln.sandbox;

import dev.kiln.builder.Mount;
import dev.kiln.process.RawText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Sandbox paths that lie elsewhere on the host: everything below some top directories is below
/// `to` instead.
///
/// A path is recognised where it begins a word, follows a punctuation mark, or a flag of one letter
/// (`-L/build/…`).
record MovedPaths(String to, Pattern pattern) {
  /// Top directories that every host has: what a request mounts there is the host's own.
  static final Set<String> HOST =
      Set.of(
          "bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "mnt", "opt",
          "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var");

  private static final int LARGEST_TEXT = 16 << 20;

  static MovedPaths of(String to, List<Mount> mounts) {
    var tops = new TreeSet<String>();
    for (var mount : mounts) {
      if (!isOfHost(mount.at())) {
        tops.add(Pattern.quote(top(mount.at())));
      }
    }
    tops.add("build");
    var before = "(?<![\\w./-])|(?<=(?:^|[\\s=,])-[A-Za-z])";
    var names = tops.stream().collect(Collectors.joining("|"));
    return new MovedPaths(
        to, Pattern.compile("(?:" + before + ")(?=/(?:" + names + ")(?![\\w.-]))"));
  }

  static boolean isOfHost(String at) {
    return HOST.contains(top(at));
  }

  private static String top(String at) {
    int end = at.indexOf('/', 1);
    return at.substring(1, end < 0 ? at.length() : end);
  }

  /// Returns a text with sandbox paths as one with host paths.
  String there(String text) {
    return pattern.matcher(text).replaceAll(Matcher.quoteReplacement(to));
  }

  /// Returns a line with host paths as one with sandbox paths.
  byte[] back(byte[] line) {
    var text = new String(line, StandardCharsets.ISO_8859_1);
    var mine = new String(RawText.bytes(to), StandardCharsets.ISO_8859_1);
    return text.contains(mine)
        ? text.replace(mine, "").getBytes(StandardCharsets.ISO_8859_1)
        : line;
  }

  /// Writes the text files of a tree back.
  void restore(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile() && attributes.size() <= LARGEST_TEXT) {
              restoreFile(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void restoreFile(Path file) throws IOException {
    if (!Files.isReadable(file) || !Files.isWritable(file)) {
      return;
    }
    byte[] bytes = Files.readAllBytes(file);
    for (byte b : bytes) {
      if (b == 0) {
        return;
      }
    }
    byte[] restored = back(bytes);
    if (!Arrays.equals(restored, bytes)) {
      Files.write(file, restored);
    }
  }
}
