package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;

/// The text of a realisation's record: a line `Output: NAME BASENAME` for each output, and for each
/// list of notes `Notes: NAME COUNT` followed by its lines, indented by one space. Line feeds and
/// backslashes inside a line are written `\n` and `\\`.
final class RealisationRecords {
  private static final String OUTPUT = "Output: ";
  private static final String NOTES = "Notes: ";

  private RealisationRecords() {}

  static ByteString write(RealisationRecord record) {
    var text = new StringBuilder(1000);
    record
        .outputs()
        .forEach((name, path) ->
            text.append(OUTPUT).append(name).append(' ').append(path.baseName()).append('\n'));
    record
        .notes()
        .forEach((name, lines) -> {
          text.append(NOTES).append(name).append(' ').append(lines.size()).append('\n');
          lines.forEach(line -> text.append(' ').append(escape(line)).append('\n'));
        });
    return ByteString.of(text.append("End\n").toString());
  }

  static RealisationRecord read(StorePath derivation, byte[] contents, Path file)
      throws KilnException {
    var text = new String(contents, StandardCharsets.UTF_8);
    if (!text.endsWith("End\n")) {
      throw PathRecords.damaged(file);
    }
    var lines = Arrays.asList(text.split("\n", -1)).iterator();
    var outputs = new TreeMap<String, StorePath>();
    var notes = new TreeMap<String, List<String>>();
    for (var line = lines.next(); !line.equals("End"); line = lines.next()) {
      var space = line.lastIndexOf(' ');
      if (line.startsWith(OUTPUT) && space >= OUTPUT.length()) {
        var output = StorePath.find(line.substring(space + 1));
        outputs.put(
            line.substring(OUTPUT.length(), space),
            output.orElseThrow(() -> PathRecords.damaged(file)));
      } else if (line.startsWith(NOTES) && space >= NOTES.length()) {
        var count = line.substring(space + 1);
        notes.put(line.substring(NOTES.length(), space), lines(lines, count, file));
      } else {
        throw PathRecords.damaged(file);
      }
    }
    return new RealisationRecord(derivation, outputs, notes);
  }

  private static List<String> lines(Iterator<String> lines, String count, Path file)
      throws KilnException {
    var list = new ArrayList<String>();
    try {
      for (var left = Integer.parseInt(count); left > 0; left--) {
        var line = lines.hasNext() ? lines.next() : "";
        if (!line.startsWith(" ")) {
          throw PathRecords.damaged(file);
        }
        list.add(unescape(line.substring(1)));
      }
    } catch (NumberFormatException e) {
      throw PathRecords.damaged(file);
    }
    return list;
  }

  private static String escape(String line) {
    return line.replace("\\", "\\\\").replace("\n", "\\n");
  }

  private static String unescape(String line) {
    if (line.indexOf('\\') < 0) {
      return line;
    }
    var text = new StringBuilder(line.length());
    for (var i = 0; i < line.length(); i++) {
      var c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        i++;
        c = line.charAt(i) == 'n' ? '\n' : line.charAt(i);
      }
      text.append(c);
    }
    return text.toString();
  }
}
