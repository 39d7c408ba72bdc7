package dev.kiln.process;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A command in words that this JVM can hand to the kernel.
///
/// Under `LC_ALL=C` (Docker's default) JDK 25 turns every non-ASCII byte of a child's argv,
/// environment and directory into `?`. Such a command goes through a shell whose script spells the
/// bytes in octal.
record Spelling(List<String> argv, Path cwd, SortedMap<String, String> env) {
  private static final Charset NATIVE =
      Charset.forName(System.getProperty("sun.jnu.encoding", "US-ASCII"));

  static Spelling of(Command command) {
    var cwd = RawText.of(command.cwd());
    boolean isPlain =
        isSpeakable(cwd)
            && command.argv().stream().allMatch(Spelling::isSpeakable)
            && command.env().entrySet().stream()
                .allMatch(e -> isSpeakable(e.getKey()) && isSpeakable(e.getValue()));
    return isPlain
        ? new Spelling(command.argv(), command.cwd(), command.env())
        : throughShell(command, cwd);
  }

  private static boolean isSpeakable(String text) {
    return RawText.isAscii(text)
        || (NATIVE.equals(StandardCharsets.UTF_8)
            && StandardCharsets.UTF_8.newEncoder().canEncode(text));
  }

  private static Spelling throughShell(Command command, String cwd) {
    var script = new StringBuilder();
    int count = 0;
    var words = new StringBuilder();
    for (var entry : command.env().entrySet()) {
      words.append(spell(script, count++, entry.getKey() + "=" + entry.getValue()));
    }
    for (var word : command.argv()) {
      words.append(spell(script, count++, word));
    }
    var directory = spell(script, count, cwd);
    script.append("cd").append(directory).append(" || exit 127\n");
    script.append("exec env -i").append(words);
    return new Spelling(
        List.of("/bin/sh", "-c", script.toString()), command.cwd().getRoot(), new TreeMap<>());
  }

  /// Sets a variable and returns a word that uses it. A command substitution strips trailing line
  /// feeds, hence the dot.
  private static String spell(StringBuilder script, int index, String text) {
    script.append('v').append(index).append("=$(printf '");
    for (byte b : RawText.bytes(text)) {
      script.append('\\').append(String.format("%03o", b & 0xFF));
    }
    script.append(".')\n");
    return " \"${v" + index + "%.}\"";
  }
}
