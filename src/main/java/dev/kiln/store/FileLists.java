package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.archive.NarEntry;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The text of an object's list of files, from which a Merkle tree is made without reading the
/// object again (design D13): one line per entry in the NAR's order,
///
/// ```
/// d PATH
/// l TARGET PATH
/// f SIZE OFFSET SHA256 PATH      (x instead of f where executable)
/// ```
///
/// OFFSET is the place of the contents in the NAR. Bytes of names other than visible ASCII, and
/// `%`, are written `%XX`.
final class FileLists {
  private FileLists() {}

  static ByteString write(List<NarEntry> entries) {
    var text = new StringBuilder(entries.size() * 100);
    for (var entry : entries) {
      switch (entry) {
        case NarEntry.Directory _ -> text.append("d ");
        case NarEntry.Link link -> text.append("l ").append(encode(link.target())).append(' ');
        case NarEntry.Regular file ->
            text.append(file.executable() ? "x " : "f ")
                .append(file.size())
                .append(' ')
                .append(file.narOffset())
                .append(' ')
                .append(file.sha256().hex())
                .append(' ');
      }
      text.append(encode(entry.path())).append('\n');
    }
    return ByteString.of(text.toString());
  }

  static List<NarEntry> read(byte[] contents, Path file) throws KilnException {
    var entries = new ArrayList<NarEntry>();
    for (var line : new String(contents, StandardCharsets.US_ASCII).split("\n", -1)) {
      if (!line.isEmpty()) {
        entries.add(entry(line.split(" ", -1), file));
      }
    }
    return entries;
  }

  private static NarEntry entry(String[] words, Path file) throws KilnException {
    try {
      var path = decode(words[words.length - 1]);
      return switch (words[0]) {
        case "d" -> new NarEntry.Directory(path);
        case "l" -> new NarEntry.Link(path, decode(words[1]));
        case "f", "x" ->
            new NarEntry.Regular(
                path,
                words[0].equals("x"),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                new Digest(HashAlgorithm.SHA256, HexFormat.of().parseHex(words[3])));
        default -> throw PathRecords.damaged(file);
      };
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw PathRecords.damaged(file);
    }
  }

  private static String encode(ByteString bytes) {
    var text = new StringBuilder(bytes.length());
    for (var i = 0; i < bytes.length(); i++) {
      var b = bytes.at(i);
      if (b > ' ' && b < 0x7f && b != '%') {
        text.append((char) b);
      } else {
        text.append('%').append(HexFormat.of().toHexDigits(b));
      }
    }
    return text.toString();
  }

  private static ByteString decode(String text) {
    var bytes = new byte[text.length()];
    var length = 0;
    for (var i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        bytes[length++] = (byte) HexFormat.fromHexDigits(text, i + 1, i + 3);
        i += 2;
      } else {
        bytes[length++] = (byte) text.charAt(i);
      }
    }
    return ByteString.of(bytes, 0, length);
  }
}
