package dev.kiln.manifest;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// `file://` URLs of directories, encoded as Cargo's URL library does.
final class FileUrl {
  private static final String ESCAPED = " \"#<>?`{}%^|";

  private FileUrl() {}

  static String of(Path path) {
    var out = new StringBuilder("file://");
    for (byte b : path.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8)) {
      int c = b & 0xff;
      if (c <= ' ' || c >= 0x7f || ESCAPED.indexOf(c) >= 0) {
        out.append('%');
        out.append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
        out.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      } else {
        out.append((char) c);
      }
    }
    return out.toString();
  }

  /// Returns the path of a URL made by [#of], on the file system of `base`.
  static Path toPath(Path base, String url) {
    return base.getFileSystem().getPath(toText(url));
  }

  static String toText(String url) {
    var encoded = url.substring("file://".length());
    var bytes = new java.io.ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      if (encoded.charAt(i) == '%') {
        bytes.write(Integer.parseInt(encoded, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(encoded.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
