package dev.kiln.store.format;

import dev.kiln.store.StorePath;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

/// Finds which of some store paths occur in a stream, by their hash parts alone (nix-store.md §8.1;
/// Nix: `RefScanSink`). How the stream is cut into chunks makes no difference.
///
/// A window of 32 bytes is tested from its last byte backwards, so that most bytes of a file that
/// is no base32 are never looked at.
public final class ReferenceScanner extends OutputStream {
  private static final int LENGTH = 32;
  private static final boolean[] IN_ALPHABET = new boolean[256];

  static {
    for (var c : "0123456789abcdfghijklmnpqrsvwxyz".toCharArray()) {
      IN_ALPHABET[c] = true;
    }
  }

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final StorePath[] table;
  private final byte[][] hashParts;
  private final TreeSet<StorePath> found = new TreeSet<>();
  private final byte[] border = new byte[2 * (LENGTH - 1)];
  private int carried;

  public ReferenceScanner(Collection<StorePath> candidates) {
    var size = Integer.highestOneBit(Math.max(candidates.size(), 1)) * 4;
    table = new StorePath[size];
    hashParts = new byte[size][];
    for (var candidate : candidates) {
      var hashPart = candidate.hashPart().getBytes(StandardCharsets.US_ASCII);
      var slot = slot(hashPart, 0);
      while (table[slot] != null) {
        slot = (slot + 1) % size;
      }
      table[slot] = candidate;
      hashParts[slot] = hashPart;
    }
  }

  /// Returns the candidates found so far.
  public SortedSet<StorePath> found() {
    return new TreeSet<>(found);
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    var head = Math.min(length, LENGTH - 1);
    System.arraycopy(bytes, offset, border, carried, head);
    scan(border, 0, carried + head);
    scan(bytes, offset, offset + length);
    if (length >= LENGTH - 1) {
      System.arraycopy(bytes, offset + length - (LENGTH - 1), border, 0, LENGTH - 1);
      carried = LENGTH - 1;
    } else {
      var kept = Math.min(carried + length, LENGTH - 1);
      System.arraycopy(border, carried + length - kept, border, 0, kept);
      carried = kept;
    }
  }

  private void scan(byte[] bytes, int from, int to) {
    var start = from;
    while (start + LENGTH <= to) {
      var last = LENGTH - 1;
      while (last >= 0 && IN_ALPHABET[bytes[start + last] & 0xff]) {
        last--;
      }
      if (last >= 0) {
        start += last + 1;
        continue;
      }
      look(bytes, start);
      // A longer run of the alphabet needs one test per further byte.
      while (start + LENGTH < to && IN_ALPHABET[bytes[start + LENGTH] & 0xff]) {
        start++;
        look(bytes, start);
      }
      start += LENGTH;
    }
  }

  private void look(byte[] bytes, int at) {
    for (var slot = slot(bytes, at); hashParts[slot] != null; slot = (slot + 1) % table.length) {
      if (Arrays.equals(hashParts[slot], 0, LENGTH, bytes, at, at + LENGTH)) {
        found.add(table[slot]);
      }
    }
  }

  private int slot(byte[] bytes, int at) {
    var mixed = (long) LONGS.get(bytes, at) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 33) & (table.length - 1);
  }
}
