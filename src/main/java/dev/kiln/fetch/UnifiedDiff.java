package dev.kiln.fetch;

import dev.kiln.KilnException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A patch as `diff -u` and `git diff` write it. A hunk may have moved, but its lines are to be
/// there to the letter: no part of the context is ever passed over.
///
/// Texts are in ISO-8859-1, so that every byte is a character of its own.
record UnifiedDiff(List<FileDiff> files) {
  private static final Pattern HUNK =
      Pattern.compile("@@ -([0-9]+)(?:,([0-9]+))? \\+([0-9]+)(?:,([0-9]+))? @@.*");

  UnifiedDiff {
    files = List.copyOf(files);
  }

  /// The changes of one file; without an old name it is a new one, without a new name it goes.
  record FileDiff(@Nullable String from, @Nullable String to, List<Hunk> hunks) {
    FileDiff {
      hunks = List.copyOf(hunks);
    }

    /// Returns the text after the changes.
    String apply(String text) throws KilnException {
      var lines = split(text);
      int shift = 0;
      for (var hunk : hunks) {
        int found = hunk.find(lines, hunk.start() + shift);
        if (found < 0) {
          throw new KilnException(
              "what it changes at line " + (hunk.start() + 1) + " of " + from + " is not there");
        }
        var range = lines.subList(found, found + hunk.before().size());
        range.clear();
        range.addAll(hunk.after());
        shift = found - hunk.start() + hunk.after().size() - hunk.before().size();
      }
      return String.join("", lines);
    }
  }

  /// Lines that stand for others, each with its end; `start` counts from zero.
  record Hunk(int start, List<String> before, List<String> after) {
    /// Returns the place nearest to the expected one where the old lines are, -1 for nowhere.
    int find(List<String> lines, int expected) {
      int last = lines.size() - before.size();
      for (int away = 0; away <= Math.max(last, expected); away++) {
        for (int at : new int[] {expected - away, expected + away}) {
          if (at >= 0 && at <= last && lines.subList(at, at + before.size()).equals(before)) {
            return at;
          }
        }
      }
      return -1;
    }
  }

  /// Parses a patch; text around it is passed over.
  static UnifiedDiff parse(String text) throws KilnException {
    return new UnifiedDiff(new Reader(split(text)).files());
  }

  private static List<String> split(String text) {
    var lines = new ArrayList<String>();
    int start = 0;
    while (start < text.length()) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline + 1;
      lines.add(text.substring(start, end));
      start = end;
    }
    return lines;
  }

  private static final class Reader {
    private final List<String> lines;
    private int at;

    Reader(List<String> lines) {
      this.lines = lines;
    }

    List<FileDiff> files() throws KilnException {
      var files = new ArrayList<FileDiff>();
      while (at < lines.size()) {
        if (startsWith("rename ") || startsWith("copy ") || startsWith("GIT binary patch")) {
          throw new KilnException(
              "line " + (at + 1) + ": renamed, copied and binary files are not known to kiln");
        }
        if (startsWith("--- ") && at + 1 < lines.size() && lines.get(at + 1).startsWith("+++ ")) {
          files.add(file());
        } else {
          at++;
        }
      }
      if (files.isEmpty()) {
        throw new KilnException("it changes no file: kiln reads what `diff -u` writes");
      }
      return files;
    }

    private boolean startsWith(String start) {
      return at < lines.size() && lines.get(at).startsWith(start);
    }

    private FileDiff file() throws KilnException {
      var from = name(lines.get(at++));
      var to = name(lines.get(at++));
      var hunks = new ArrayList<Hunk>();
      while (startsWith("@@ ")) {
        hunks.add(hunk());
      }
      return new FileDiff(from, to, hunks);
    }

    /// Returns a file's name without its first directory, as `patch -p1` takes it.
    private static @Nullable String name(String line) throws KilnException {
      var name = line.substring(4).stripTrailing().replaceFirst("\t.*", "");
      if (name.equals("/dev/null")) {
        return null;
      }
      var path = name.substring(name.indexOf('/') + 1);
      if (path.isEmpty() || path.startsWith("/") || List.of(path.split("/", -1)).contains("..")) {
        throw new KilnException("`" + name + "` is no file of the package");
      }
      return path;
    }

    private Hunk hunk() throws KilnException {
      var head = HUNK.matcher(lines.get(at).stripTrailing());
      if (!head.matches()) {
        throw new KilnException("line " + (at + 1) + " is no head of a hunk");
      }
      at++;
      int old = count(head, 2);
      int now = count(head, 4);
      int start = Integer.parseInt(head.group(1)) - (old == 0 ? 0 : 1);
      var before = new ArrayList<String>();
      var after = new ArrayList<String>();
      while (before.size() < old || after.size() < now) {
        take(before, after);
      }
      return new Hunk(Math.max(start, 0), before, after);
    }

    private static int count(Matcher head, int group) {
      var count = head.group(group);
      return count == null ? 1 : Integer.parseInt(count);
    }

    private void take(List<String> before, List<String> after) throws KilnException {
      if (at >= lines.size()) {
        throw new KilnException("it ends in the middle of a hunk");
      }
      var line = lines.get(at++);
      switch (line.charAt(0)) {
        case ' ' -> {
          before.add(line.substring(1));
          after.add(line.substring(1));
        }
        case '-' -> before.add(line.substring(1));
        case '+' -> after.add(line.substring(1));
        case '\n' -> {
          // editors cut off the blank of an empty line
          before.add(line);
          after.add(line);
        }
        default -> throw new KilnException("line " + at + " is no line of a hunk");
      }
      if (startsWith("\\")) {
        // the file ends without a newline
        at++;
        if (line.charAt(0) != '+') {
          before.add(withoutEnd(before.removeLast()));
        }
        if (line.charAt(0) != '-') {
          after.add(withoutEnd(after.removeLast()));
        }
      }
    }

    private static String withoutEnd(String line) {
      return line.substring(0, line.length() - 1);
    }
  }
}
