package dev.kiln.archive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The tags of a NAR that stand between names and contents, encoded once, and how they and strings
/// are put into a little-endian buffer.
final class NarTags {
  static final byte[] MAGIC = encode(NarFormat.MAGIC);
  static final byte[] REGULAR = encode("(", "type", "regular", "contents");
  static final byte[] EXECUTABLE = encode("(", "type", "regular", "executable", "", "contents");
  static final byte[] LINK = encode("(", "type", "symlink", "target");
  static final byte[] DIRECTORY = encode("(", "type", "directory");
  static final byte[] ENTRY = encode("entry", "(", "name");
  static final byte[] NODE = encode("node");
  static final byte[] CLOSE = encode(")");

  /// More than all tags around one entry and its name take.
  static final int MOST = 1024;

  private NarTags() {}

  private static byte[] encode(String... tags) {
    var out = new ByteArrayOutputStream();
    for (var tag : tags) {
      var text = tag.getBytes(StandardCharsets.US_ASCII);
      var padded = ByteBuffer.allocate(8 + text.length + NarFormat.padding(text.length));
      out.writeBytes(padded.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).array());
    }
    return out.toByteArray();
  }

  static void putString(ByteBuffer buffer, byte[] bytes) {
    buffer.putLong(bytes.length).put(bytes);
    putPadding(buffer, bytes.length);
  }

  static void putPadding(ByteBuffer buffer, long length) {
    for (var i = NarFormat.padding(length); i > 0; i--) {
      buffer.put((byte) 0);
    }
  }
}
