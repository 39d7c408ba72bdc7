package dev.kiln.archive;

import dev.kiln.digest.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;

/// File names and targets of symbolic links as the bytes that they are.
///
/// A [Path] keeps bytes, but its text does not: names that are not UTF-8 (under LC_ALL=C, all that
/// are not ASCII) go through a URI with `%XX`, which loses nothing (nix-store.md §25.2).
public final class FileNames {
  private static final String PLAIN = "-._~+@=,";

  private FileNames() {}

  /// Returns the last element of a path.
  public static ByteString name(Path path) {
    var text = Objects.requireNonNull(path.getFileName(), "a root has no name").toString();
    if (isAscii(text)) {
      return ByteString.of(text);
    }
    var uri = path.toUri().getRawPath();
    var end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
    return decode(uri.substring(uri.lastIndexOf('/', end - 1) + 1, end));
  }

  /// Returns the path of a directory's entry, whatever its name.
  public static Path resolve(Path directory, ByteString name) {
    var text = name.toString();
    return isAscii(text) ? directory.resolve(text) : raw(directory, name);
  }

  /// Returns the target of a symbolic link, never normalised.
  public static ByteString readLink(Path link) throws IOException {
    var target = Files.readSymbolicLink(link);
    var text = target.toString();
    if (isAscii(text)) {
      return ByteString.of(text);
    }
    var absolute = root(link).resolve(target).toUri().getRawPath();
    var end = absolute.endsWith("/") && !text.endsWith("/") ? 1 : 0;
    return decode(absolute.substring(target.isAbsolute() ? 0 : 1, absolute.length() - end));
  }

  /// Makes a symbolic link whose target is exactly these bytes: `a//b/` stays `a//b/`.
  public static void createLink(Path link, ByteString target) throws IOException {
    var text = target.toString();
    if (text.contains("//") && link.getFileSystem().equals(FileSystems.getDefault())) {
      NativeLink.create(decode(link.toUri().getRawPath()), target);
    } else if (isAscii(text) && (text.length() == 1 || !text.endsWith("/"))) {
      Files.createSymbolicLink(link, link.getFileSystem().getPath(text));
    } else {
      Files.createSymbolicLink(link, rawTarget(link, target));
    }
  }

  private static Path rawTarget(Path link, ByteString target) {
    if (target.at(0) == '/') {
      return raw(root(link), ByteString.of(target.bytes(), 1, target.length() - 1));
    }
    var absolute = raw(root(link), target);
    return absolute.subpath(0, absolute.getNameCount());
  }

  private static Path root(Path path) {
    return Objects.requireNonNull(path.toAbsolutePath().getRoot(), "an absolute path has a root");
  }

  private static Path raw(Path directory, ByteString name) {
    var uri = directory.toUri().toString();
    return Path.of(URI.create((uri.endsWith("/") ? uri : uri + "/") + encode(name)));
  }

  private static boolean isAscii(String text) {
    for (var i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static String encode(ByteString name) {
    var text = new StringBuilder();
    for (var b : name.bytes()) {
      if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9')) {
        text.append((char) b);
      } else if (b > 0 && PLAIN.indexOf(b) >= 0) {
        text.append((char) b);
      } else {
        text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return text.toString();
  }

  private static ByteString decode(String encoded) {
    var bytes = new ByteArrayOutputStream(encoded.length());
    for (var i = 0; i < encoded.length(); i++) {
      if (encoded.charAt(i) == '%') {
        bytes.write(HexFormat.fromHexDigits(encoded, i + 1, i + 3));
        i += 2;
      } else {
        bytes.write(encoded.charAt(i));
      }
    }
    return ByteString.of(bytes.toByteArray());
  }
}
