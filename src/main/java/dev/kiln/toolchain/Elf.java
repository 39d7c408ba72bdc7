package dev.kiln.toolchain;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the dynamic linker reads of an ELF file: the interpreter, the libraries needed, and where
/// the file says to look for them (System V ABI, chapter 5).
public record Elf(@Nullable String interpreter, List<String> needed, List<String> runPaths) {
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int PT_INTERP = 3;
  private static final int DT_NEEDED = 1;
  private static final int DT_STRTAB = 5;
  private static final int DT_STRSZ = 10;
  private static final int DT_RPATH = 15;
  private static final int DT_RUNPATH = 29;

  public Elf {
    needed = List.copyOf(needed);
    runPaths = List.copyOf(runPaths);
  }

  /// Reads a file; empty where it is no ELF file.
  public static Optional<Elf> read(Path file) throws IOException {
    try (var channel = Files.newByteChannel(file)) {
      if (channel.size() < 64) {
        return Optional.empty();
      }
      var head = bytes(channel, 0, 64);
      if (head.getInt(0) != 0x7f454c46) {
        return Optional.empty();
      }
      boolean wide = head.get(4) == 2;
      head.order(head.get(5) == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      return Optional.of(new Reader(channel, head, wide).read());
    }
  }

  private record Segment(int type, long offset, long address, long size) {}

  private static ByteBuffer bytes(SeekableByteChannel channel, long offset, long size)
      throws IOException {
    if (offset < 0 || size < 0 || size > 1 << 24 || offset + size > channel.size()) {
      throw new EOFException("damaged ELF file");
    }
    var buffer = ByteBuffer.allocate((int) size);
    channel.position(offset);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("damaged ELF file");
      }
    }
    return buffer.flip();
  }

  /// Reads numbers of the file's width and byte order.
  private static final class Reader {
    private final SeekableByteChannel channel;
    private final ByteBuffer head;
    private final boolean wide;
    private final List<Segment> segments = new ArrayList<>();

    Reader(SeekableByteChannel channel, ByteBuffer head, boolean wide) {
      this.channel = channel;
      this.head = head;
      this.wide = wide;
    }

    Elf read() throws IOException {
      readSegments();
      String interpreter = null;
      var needed = new ArrayList<String>();
      var runPaths = new ArrayList<String>();
      for (var segment : segments) {
        if (segment.type() == PT_INTERP) {
          interpreter = text(bytes(segment.offset(), segment.size()), 0);
        } else if (segment.type() == PT_DYNAMIC) {
          readDynamic(segment, needed, runPaths);
        }
      }
      return new Elf(interpreter, needed, runPaths);
    }

    private void readSegments() throws IOException {
      long offset = wide ? head.getLong(32) : unsigned(head.getInt(28));
      int size = head.getShort(wide ? 54 : 42) & 0xffff;
      int count = head.getShort(wide ? 56 : 44) & 0xffff;
      var table = bytes(offset, (long) size * count);
      for (int i = 0; i < count; i++) {
        int at = i * size;
        segments.add(
            wide
                ? new Segment(
                    table.getInt(at),
                    table.getLong(at + 8),
                    table.getLong(at + 16),
                    table.getLong(at + 32))
                : new Segment(
                    table.getInt(at),
                    unsigned(table.getInt(at + 4)),
                    unsigned(table.getInt(at + 8)),
                    unsigned(table.getInt(at + 16))));
      }
    }

    private void readDynamic(Segment dynamic, List<String> needed, List<String> runPaths)
        throws IOException {
      var table = bytes(dynamic.offset(), dynamic.size());
      var names = new ArrayList<Long>();
      var paths = new ArrayList<Long>();
      long strings = 0;
      long length = 0;
      int step = wide ? 16 : 8;
      for (int at = 0; at + step <= table.limit(); at += step) {
        long tag = wide ? table.getLong(at) : table.getInt(at);
        long value = wide ? table.getLong(at + 8) : unsigned(table.getInt(at + 4));
        switch ((int) tag) {
          case DT_NEEDED -> names.add(value);
          case DT_RPATH, DT_RUNPATH -> paths.add(value);
          case DT_STRTAB -> strings = value;
          case DT_STRSZ -> length = value;
          default -> {}
        }
      }
      if (length == 0) {
        return;
      }
      var texts = bytes(offsetOf(strings), length);
      for (long name : names) {
        needed.add(text(texts, (int) name));
      }
      for (long path : paths) {
        runPaths.addAll(List.of(text(texts, (int) path).split(":", -1)));
      }
    }

    private long offsetOf(long address) throws IOException {
      for (var segment : segments) {
        if (segment.type() == PT_LOAD
            && address >= segment.address()
            && address < segment.address() + segment.size()) {
          return address - segment.address() + segment.offset();
        }
      }
      throw new EOFException("damaged ELF file");
    }

    private ByteBuffer bytes(long offset, long size) throws IOException {
      return Elf.bytes(channel, offset, size).order(head.order());
    }

    private static long unsigned(int value) {
      return Integer.toUnsignedLong(value);
    }

    private static String text(ByteBuffer strings, int from) {
      int to = from;
      while (to < strings.limit() && strings.get(to) != 0) {
        to++;
      }
      return StandardCharsets.UTF_8.decode(strings.slice(from, to - from)).toString();
    }
  }
}
