package dev.kiln.process;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Bytes of names and arguments as text: UTF-8, and U+DC80 to U+DCFF for each byte that is not
/// (Python's "surrogateescape"), so that nothing is lost on the way.
public final class RawText {
  private RawText() {}

  /// Returns the name of an absolute path, right in every locale of the JVM: under `LC_ALL=C`
  /// [Path#toString] cannot spell non-ASCII bytes, [Path#toUri] can.
  public static String of(Path path) {
    var name = path.toString();
    if (isAscii(name)) {
      return name;
    }
    var raw = path.toUri().getRawPath();
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) == '%') {
        bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(raw.charAt(i));
      }
    }
    var text = of(bytes.toByteArray());
    return text.length() > 1 && text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /// Returns a path as it is written, absolute or below a directory.
  public static Path path(Path directory, String text) {
    if (!isRaw(text)) {
      return directory.resolve(text);
    }
    var root = directory.toAbsolutePath().getRoot();
    return text.startsWith("/") && root != null
        ? resolve(root, text.substring(1))
        : resolve(directory, text);
  }

  /// Returns a path below another, right in every locale; `name` is relative and may be empty.
  public static Path resolve(Path base, String name) {
    if (isAscii(name)) {
      return base.resolve(name);
    }
    var uri = new StringBuilder(base.toUri().getRawPath());
    if (uri.charAt(uri.length() - 1) != '/') {
      uri.append('/');
    }
    for (byte b : bytes(name)) {
      uri.append(String.format("%%%02X", b & 0xFF));
    }
    return Path.of(URI.create("file://" + uri));
  }

  public static String of(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      var text = new StringBuilder();
      for (byte b : bytes) {
        text.append((char) (b < 0 ? 0xDC00 + (b & 0xFF) : b));
      }
      return text.toString();
    }
  }

  public static byte[] bytes(String text) {
    if (!isRaw(text)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    var bytes = new ByteArrayOutputStream();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (isByte(text, i)) {
        bytes.writeBytes(text.substring(start, i).getBytes(StandardCharsets.UTF_8));
        bytes.write(text.charAt(i) - 0xDC00);
        start = i + 1;
      }
    }
    bytes.writeBytes(text.substring(start).getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  /// Answers whether a text holds bytes that are not UTF-8.
  public static boolean isRaw(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isByte(text, i)) {
        return true;
      }
    }
    return false;
  }

  /// Answers whether a char stands for a byte.
  public static boolean isByte(String text, int i) {
    char c = text.charAt(i);
    return c >= 0xDC80 && c <= 0xDCFF && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }

  static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /// Returns the text as one word for a POSIX shell.
  public static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
