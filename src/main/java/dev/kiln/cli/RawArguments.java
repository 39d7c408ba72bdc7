package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.process.RawText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The program's arguments as bytes, and the directory it was started in (nix-store.md §25.2).
///
/// The JVM hands on text, in which U+FFFD stands for whatever is not UTF-8: the names of two files
/// become one, or that of a third. The kernel still has the bytes; here they become [RawText].
final class RawArguments {
  private static final char REPLACEMENT = '\uFFFD';

  private RawArguments() {}

  /// Answers whether the JVM may have lost bytes of a text: U+FFFD may also have been written.
  static boolean isDoubtful(String text) {
    return text.indexOf(REPLACEMENT) >= 0;
  }

  /// Reads the last `count` arguments of a process: before them come the JVM's own.
  static List<String> read(Path commandLine, int count) throws KilnException {
    try {
      var all = split(Files.readAllBytes(commandLine));
      if (all.size() >= count) {
        return all.subList(all.size() - count, all.size());
      }
    } catch (IOException e) {
      throw unknown(e);
    }
    throw unknown(null);
  }

  private static KilnException unknown(@Nullable IOException cause) {
    return new KilnException(
        "an argument is not UTF-8, and its bytes are not to be had from /proc", null, cause);
  }

  /// Each argument ends in a zero byte.
  private static List<String> split(byte[] bytes) {
    var arguments = new ArrayList<String>();
    var start = 0;
    for (var i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        arguments.add(RawText.of(Arrays.copyOfRange(bytes, start, i)));
        start = i + 1;
      }
    }
    return arguments;
  }

  /// Reads the link to the working directory, which has its bytes.
  static Path directory(Path link) throws KilnException {
    try {
      return link.toRealPath();
    } catch (IOException e) {
      throw new KilnException(
          "the name of the working directory is not UTF-8, and its bytes are not to be had from"
              + " /proc",
          "start kiln in another directory",
          e);
    }
  }

  /// Refuses arguments for commands that hand them on as text.
  static void refuse(List<String> args) throws KilnException {
    for (var arg : args) {
      if (RawText.isRaw(arg)) {
        throw new KilnException(
            "the argument %s is not UTF-8".formatted(shown(arg)),
            "only `store` and `hash` take names that are no text");
      }
    }
  }

  /// Returns a text with `\xNN` for each byte that is not UTF-8.
  static String shown(String arg) {
    var text = new StringBuilder("`");
    for (var i = 0; i < arg.length(); i++) {
      if (RawText.isByte(arg, i)) {
        text.append("\\x%02X".formatted(arg.charAt(i) - 0xDC00));
      } else {
        text.append(arg.charAt(i));
      }
    }
    return text.append('`').toString();
  }
}
