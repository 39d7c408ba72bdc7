package dev.kiln.archive;

import dev.kiln.KilnException;
import dev.kiln.archive.NarChunk.Large;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a tree on disk as a NAR (nix-store.md §3.1): entries sorted by their raw bytes,
/// executable by the owner's bit, links as they are.
///
/// The NAR comes in chunks that other threads read ahead ([NarPipeline]); this one hands them on.
public final class NarWriter {
  /// Smaller files are not worth a mapping.
  private static final long MAPPED = 16 << 20;

  private static final long MOST_MAPPED = 1 << 30;

  private final OutputStream out;
  private final @Nullable FileChannel file;
  private final @Nullable List<NarEntry> entries;
  private final @Nullable MessageDigest largeHash;
  private boolean device;
  private long largeOffset;
  private long written;

  private NarWriter(OutputStream out, @Nullable List<NarEntry> entries) {
    this.out = out;
    this.file = out instanceof FileOutputStream stream ? stream.getChannel() : null;
    this.entries = entries;
    this.largeHash = entries == null ? null : Digest.messageDigest(HashAlgorithm.SHA256);
  }

  /// Writes the NAR of a tree; answers its size. The stream needs no buffer of its own.
  public static long dump(Path tree, OutputStream out) throws IOException, KilnException {
    return new NarWriter(out, null).write(tree);
  }

  /// Returns the SHA-256 and the size of a tree's NAR.
  public static NarHash hash(Path tree) throws IOException, KilnException {
    return hash(tree, HashAlgorithm.SHA256);
  }

  public static NarHash hash(Path tree, HashAlgorithm algorithm) throws IOException, KilnException {
    var sink = new HashSink(Digest.messageDigest(algorithm));
    var size = dump(tree, sink);
    return new NarHash(new Digest(algorithm, sink.hash.digest()), size);
  }

  /// Returns hash and size, and every entry with its size and SHA-256, in one pass.
  public static NarContents contents(Path tree) throws IOException, KilnException {
    var sink = new HashSink(Digest.messageDigest(HashAlgorithm.SHA256));
    var entries = new ArrayList<NarEntry>();
    var size = new NarWriter(sink, entries).write(tree);
    return new NarContents(new Digest(HashAlgorithm.SHA256, sink.hash.digest()), size, entries);
  }

  /// Returns the NAR of one regular file, such as a text object.
  public static byte[] ofFile(byte[] contents, boolean executable) {
    var kind = executable ? NarTags.EXECUTABLE : NarTags.REGULAR;
    var padded = contents.length + NarFormat.padding(contents.length);
    var nar =
        ByteBuffer.allocate(NarTags.MAGIC.length + kind.length + 8 + padded + NarTags.CLOSE.length);
    nar.order(ByteOrder.LITTLE_ENDIAN).put(NarTags.MAGIC).put(kind);
    NarTags.putString(nar, contents);
    return nar.put(NarTags.CLOSE).array();
  }

  private long write(Path tree) throws IOException, KilnException {
    put(ByteBuffer.wrap(NarTags.MAGIC));
    device = file != null && isDevice(file);
    var kernel = device || (file != null && isPipe(file));
    try (var pipeline = new NarPipeline(tree, file != null, entries != null, kernel)) {
      for (var chunk = pipeline.take(); chunk != null; chunk = pipeline.take()) {
        try {
          chunk.check();
          handOn(chunk);
        } finally {
          if (chunk.ends()) {
            chunk.close();
          }
        }
        pipeline.release(chunk);
      }
    }
    return written;
  }

  /// Answers whether the kernel can hand a file's pages on to this one as they are.
  private static boolean isPipe(FileChannel file) {
    try {
      file.position();
      return false;
    } catch (IOException e) {
      return true; // it cannot seek
    }
  }

  /// Answers whether this is a device such as `/dev/null`, where something has been written and yet
  /// no byte is before the next.
  private static boolean isDevice(FileChannel file) {
    try {
      return file.position() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private void handOn(NarChunk chunk) throws IOException, KilnException {
    var large = chunk.large();
    if (large != null && file != null && chunk.isTransferred()) {
      transfer(large, file);
    } else if (large != null && entries != null && largeHash != null) {
      list(chunk, large, entries, largeHash);
    } else if (entries != null) {
      list(chunk, entries);
    }
    put(chunk.bytes());
  }

  private void put(ByteBuffer bytes) throws IOException {
    written += bytes.remaining();
    if (file == null) {
      out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      return;
    }
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  private void transfer(Large large, FileChannel target) throws IOException, KilnException {
    for (var done = 0L; done < large.size(); ) {
      var count =
          device && large.size() >= MAPPED
              ? writeMapped(large, done, target)
              : large.channel().transferTo(done, large.size() - done, target);
      if (count <= 0) {
        throw NarChunk.shortened(large.step().path());
      }
      done += count;
      written += count;
    }
  }

  /// Gives a device the file's pages where they are: most look at none. Answers 0 where the file
  /// has become shorter.
  private static long writeMapped(Large large, long from, FileChannel target) throws IOException {
    var count = Math.min(large.channel().size() - from, MOST_MAPPED);
    if (count <= 0) {
      return 0;
    }
    try (var arena = Arena.ofConfined()) {
      var pages = large.channel().map(FileChannel.MapMode.READ_ONLY, from, count, arena);
      for (var bytes = pages.asByteBuffer(); bytes.hasRemaining(); ) {
        target.write(bytes);
      }
    }
    return large.channel().size() < large.size() ? 0 : count;
  }

  private void list(NarChunk chunk, List<NarEntry> entries) {
    for (var entry : chunk.entries()) {
      entries.add(entry instanceof NarEntry.Regular regular ? regular.movedBy(written) : entry);
    }
  }

  private void list(NarChunk chunk, Large large, List<NarEntry> entries, MessageDigest hash) {
    if (chunk.begins()) {
      largeOffset = written;
    }
    hash.update(chunk.bytes().slice(0, chunk.length()));
    if (chunk.ends()) {
      entries.add(NarChunk.regular(large.step(), largeOffset, hash.digest()));
    }
  }

  /// Hashes in small pieces: the JVM soon sees that the hasher is called often, and then compiles
  /// it to the processor's own instructions, many blocks at a time.
  private static final class HashSink extends OutputStream {
    private static final int PIECE = 1 << 12;

    private final MessageDigest hash;

    private HashSink(MessageDigest hash) {
      this.hash = hash;
    }

    @Override
    public void write(int value) {
      hash.update((byte) value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      for (var done = 0; done < length; done += PIECE) {
        hash.update(bytes, offset + done, Math.min(PIECE, length - done));
      }
    }
  }
}
