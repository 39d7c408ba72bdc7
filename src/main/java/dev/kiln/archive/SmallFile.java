package dev.kiln.archive;

import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A NAR of one regular file that is small enough to be looked at as a whole: most objects of most
/// streams. It costs a hash and no more.
public record SmallFile(NarHash nar, ByteString contents, boolean executable) {
  private static final int MOST = 1 << 16;
  private static final int SIZE = 8;
  private static final int PLAIN = NarTags.MAGIC.length + NarTags.REGULAR.length + SIZE;
  private static final int HEAD = NarTags.MAGIC.length + NarTags.EXECUTABLE.length + SIZE;

  /// Takes such a NAR from a stream. Where what follows is another, or none at all, answers null
  /// and leaves it where it is: [NarReader] says what is wrong with it.
  public static @Nullable SmallFile take(InputStream in) throws IOException {
    if (!in.markSupported()) {
      return null;
    }
    in.mark(HEAD + MOST + NarTags.MOST);
    var file = read(in);
    if (file == null) {
      in.reset();
    }
    return file;
  }

  private static @Nullable SmallFile read(InputStream in) throws IOException {
    var head = new byte[HEAD];
    var length = in.readNBytes(head, 0, PLAIN);
    var executable = !isHead(head, NarTags.REGULAR);
    if (executable) {
      length += in.readNBytes(head, length, HEAD - PLAIN);
      if (!isHead(head, NarTags.EXECUTABLE)) {
        return null;
      }
    }
    if (length < (executable ? HEAD : PLAIN)) {
      return null;
    }
    var size = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong(length - SIZE);
    return size < 0 || size > MOST ? null : read(in, Arrays.copyOf(head, length), (int) size);
  }

  private static boolean isHead(byte[] head, byte[] kind) {
    var start = NarTags.MAGIC.length;
    return Arrays.equals(head, 0, start, NarTags.MAGIC, 0, start)
        && Arrays.equals(head, start, start + kind.length, kind, 0, kind.length);
  }

  private static @Nullable SmallFile read(InputStream in, byte[] head, int size)
      throws IOException {
    var end = head.length + size;
    var close = end + NarFormat.padding(size);
    var nar = Arrays.copyOf(head, close + NarTags.CLOSE.length);
    if (in.readNBytes(nar, head.length, nar.length - head.length) < nar.length - head.length) {
      return null;
    }
    for (var i = end; i < close; i++) {
      if (nar[i] != 0) {
        return null;
      }
    }
    if (!Arrays.equals(nar, close, nar.length, NarTags.CLOSE, 0, NarTags.CLOSE.length)) {
      return null;
    }
    return new SmallFile(
        new NarHash(Digest.sha256(nar), nar.length),
        ByteString.of(nar, head.length, size),
        head.length == HEAD);
  }
}
