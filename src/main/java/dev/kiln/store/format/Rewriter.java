package dev.kiln.store.format;

import dev.kiln.digest.ByteString;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Exchanges byte strings in a stream for others of the same length, from left to right without
/// overlap (Nix: `RewritingSink`). How the stream is cut into chunks makes no difference.
///
/// [#finish] writes what is held back; closing does so too.
public final class Rewriter extends FilterOutputStream {
  private final List<Map.Entry<byte[], byte[]>> rewrites = new ArrayList<>();
  private final boolean[] isFirst = new boolean[256];
  private final int longest;
  private final List<Long> offsets = new ArrayList<>();
  private byte[] pending = new byte[1 << 16];
  private int held;
  private long written;

  public Rewriter(OutputStream out, Map<ByteString, ByteString> rewrites) {
    super(out);
    var maximum = 1;
    for (var rewrite : rewrites.entrySet()) {
      var from = rewrite.getKey();
      if (from.isEmpty() || from.length() != rewrite.getValue().length()) {
        throw new IllegalArgumentException("only strings of the same length can be exchanged");
      }
      this.rewrites.add(Map.entry(from.bytes(), rewrite.getValue().bytes()));
      isFirst[from.at(0) & 0xff] = true;
      maximum = Math.max(maximum, from.length());
    }
    longest = maximum;
  }

  /// Returns where something was exchanged, ascending.
  public List<Long> offsets() {
    return List.copyOf(offsets);
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (held + length > pending.length) {
      pending = Arrays.copyOf(pending, Math.max(held + length, 2 * pending.length));
    }
    System.arraycopy(bytes, offset, pending, held, length);
    held += length;
    rewrite(held - longest + 1);
  }

  /// Writes the end, in which no longer string can begin any more.
  public void finish() throws IOException {
    rewrite(held);
  }

  /// Exchanges what begins before `end` and passes on everything up to there, or to the end of the
  /// last exchange.
  private void rewrite(int end) throws IOException {
    var at = 0;
    while (at < end) {
      at += isFirst[pending[at] & 0xff] ? exchange(at) : 1;
    }
    if (at > 0) {
      out.write(pending, 0, at);
      written += at;
      held -= at;
      System.arraycopy(pending, at, pending, 0, held);
    }
  }

  private int exchange(int at) {
    for (var rewrite : rewrites) {
      var from = rewrite.getKey();
      if (held - at >= from.length
          && Arrays.equals(from, 0, from.length, pending, at, at + from.length)) {
        System.arraycopy(rewrite.getValue(), 0, pending, at, from.length);
        offsets.add(written + at);
        return from.length;
      }
    }
    return 1;
  }

  @Override
  public void close() throws IOException {
    finish();
    super.close();
  }
}
