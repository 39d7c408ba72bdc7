package dev.kiln.archive;

import dev.kiln.KilnException;
import dev.kiln.archive.ReadAhead.Loaded;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a tree on disk as a NAR (nix-store.md §3.1): entries sorted by their raw bytes,
/// executable by the owner's bit, links as they are.
///
/// One buffer carries tags and contents alike. Small files are read ahead on another thread.
public final class NarWriter {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /// The tags between names and contents, which are always the same.
  private static final byte[] MAGIC = encode(NarFormat.MAGIC);

  private static final byte[] REGULAR = encode("(", "type", "regular", "contents");
  private static final byte[] EXECUTABLE =
      encode("(", "type", "regular", "executable", "", "contents");
  private static final byte[] LINK = encode("(", "type", "symlink", "target");
  private static final byte[] DIRECTORY = encode("(", "type", "directory");
  private static final byte[] ENTRY = encode("entry", "(", "name");
  private static final byte[] NODE = encode("node");
  private static final byte[] CLOSE = encode(")");

  /// From this size on, files are handed to another file by the kernel.
  private static final int LARGE = 1 << 17;

  private final OutputStream out;
  private final byte[] buffer = new byte[1 << 16];
  private final ByteBuffer view = ByteBuffer.wrap(buffer);
  private final @Nullable List<NarEntry> entries;
  private final MessageDigest fileHash = Digest.messageDigest(HashAlgorithm.SHA256);
  private int filled;
  private long flushed;

  private NarWriter(OutputStream out, @Nullable List<NarEntry> entries) {
    this.out = out;
    this.entries = entries;
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
    var out = new ByteArrayOutputStream(contents.length + 160);
    try {
      var writer = new NarWriter(out, null);
      writer.bytes(MAGIC);
      writer.beginRegular(executable, contents.length);
      writer.bytes(contents);
      writer.endRegular(contents.length);
      writer.flush();
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    return out.toByteArray();
  }

  private static byte[] encode(String... tags) {
    var out = new ByteArrayOutputStream();
    for (var tag : tags) {
      var text = tag.getBytes(StandardCharsets.US_ASCII);
      var padded = ByteBuffer.allocate(8 + text.length + NarFormat.padding(text.length));
      out.writeBytes(padded.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).array());
    }
    return out.toByteArray();
  }

  private long write(Path tree) throws IOException, KilnException {
    bytes(MAGIC);
    try (var ahead = new ReadAhead()) {
      node(tree, ByteString.EMPTY, 0, ReadAhead.look(tree), ahead);
    }
    flush();
    return flushed;
  }

  private void node(Path path, ByteString inside, int depth, Loaded loaded, ReadAhead ahead)
      throws IOException, KilnException {
    if (depth >= NarFormat.MAXIMUM_DEPTH) {
      throw new KilnException(path + " is nested more than 64 deep, which no NAR may be");
    }
    var attributes = loaded.attributes();
    if (attributes.isRegularFile()) {
      regular(path, inside, loaded);
    } else if (attributes.isDirectory()) {
      directory(path, inside, depth, ahead);
    } else if (attributes.isSymbolicLink()) {
      link(path, inside);
    } else {
      throw new KilnException(
          path + " is no file, directory or symbolic link",
          "a store can hold nothing else; delete it");
    }
  }

  private void regular(Path path, ByteString inside, Loaded loaded)
      throws IOException, KilnException {
    var executable = loaded.attributes().permissions().contains(PosixFilePermission.OWNER_EXECUTE);
    var size = loaded.attributes().size();
    beginRegular(executable, size);
    var offset = flushed + filled;
    var contents = loaded.contents();
    if (contents != null) {
      bytes(contents);
      if (entries != null) {
        fileHash.update(contents);
      }
    } else if (size > 0) {
      contents(path, size);
    }
    if (entries != null) {
      var sha256 = new Digest(HashAlgorithm.SHA256, fileHash.digest());
      entries.add(new NarEntry.Regular(inside, executable, size, offset, sha256));
    }
    endRegular(size);
  }

  private void beginRegular(boolean executable, long size) throws IOException {
    bytes(executable ? EXECUTABLE : REGULAR);
    integer(size);
  }

  private void endRegular(long size) throws IOException {
    padding(size);
    bytes(CLOSE);
  }

  /// Reads exactly the size that the file had when it was looked at: growth is ignored, shrinking
  /// an error.
  private void contents(Path path, long size) throws IOException, KilnException {
    try (var file = FileChannel.open(path, ReadAhead.READ)) {
      if (out instanceof FileOutputStream target && entries == null && size >= LARGE) {
        transfer(path, file, size, target.getChannel());
        return;
      }
      for (var left = size; left > 0; ) {
        if (filled == buffer.length) {
          flush();
        }
        view.limit((int) Math.min(buffer.length, filled + left)).position(filled);
        var count = file.read(view);
        if (count < 0) {
          throw new KilnException(path + " became shorter while it was read");
        }
        if (entries != null) {
          fileHash.update(buffer, filled, count);
        }
        filled += count;
        left -= count;
      }
    }
  }

  /// Lets the kernel copy from file to file, or to a pipe, where nobody here looks at the bytes.
  private void transfer(Path path, FileChannel file, long size, FileChannel target)
      throws IOException, KilnException {
    flush();
    for (var done = 0L; done < size; ) {
      var count = file.transferTo(done, size - done, target);
      if (count <= 0) {
        throw new KilnException(path + " became shorter while it was read");
      }
      done += count;
      flushed += count;
    }
  }

  private void link(Path path, ByteString inside) throws IOException {
    var target = FileNames.readLink(path);
    if (entries != null) {
      entries.add(new NarEntry.Link(inside, target));
    }
    bytes(LINK);
    string(target.bytes());
    bytes(CLOSE);
  }

  private record Child(ByteString name, Path path) implements Comparable<Child> {
    @Override
    public int compareTo(Child other) {
      return name.compareTo(other.name);
    }
  }

  private void directory(Path path, ByteString inside, int depth, ReadAhead ahead)
      throws IOException, KilnException {
    if (entries != null) {
      entries.add(new NarEntry.Directory(inside));
    }
    bytes(DIRECTORY);
    var children = children(path);
    var loaded = ahead.entries(children.stream().map(Child::path).toList());
    for (var i = 0; i < children.size(); i++) {
      var child = children.get(i);
      bytes(ENTRY);
      string(child.name().bytes());
      bytes(NODE);
      var below = entries == null ? inside : join(inside, child.name());
      node(child.path(), below, depth + 1, loaded.take(i), ahead);
      bytes(CLOSE);
    }
    bytes(CLOSE);
  }

  private static List<Child> children(Path directory) throws IOException {
    var children = new ArrayList<Child>();
    try (var stream = Files.newDirectoryStream(directory)) {
      for (var child : stream) {
        children.add(new Child(FileNames.name(child), child));
      }
    }
    Collections.sort(children);
    return children;
  }

  private static ByteString join(ByteString directory, ByteString name) {
    if (directory.isEmpty()) {
      return name;
    }
    var joined = new ByteArrayOutputStream(directory.length() + 1 + name.length());
    joined.writeBytes(directory.bytes());
    joined.write('/');
    joined.writeBytes(name.bytes());
    return ByteString.of(joined.toByteArray());
  }

  private void string(byte[] bytes) throws IOException {
    integer(bytes.length);
    bytes(bytes);
    padding(bytes.length);
  }

  private void integer(long value) throws IOException {
    room(8);
    LONGS.set(buffer, filled, value);
    filled += 8;
  }

  private void bytes(byte[] bytes) throws IOException {
    if (bytes.length > buffer.length) {
      flush();
      out.write(bytes);
      flushed += bytes.length;
      return;
    }
    room(bytes.length);
    System.arraycopy(bytes, 0, buffer, filled, bytes.length);
    filled += bytes.length;
  }

  private void padding(long length) throws IOException {
    var padding = NarFormat.padding(length);
    room(padding);
    for (var i = 0; i < padding; i++) {
      buffer[filled++] = 0;
    }
  }

  private void room(int length) throws IOException {
    if (buffer.length - filled < length) {
      flush();
    }
  }

  private void flush() throws IOException {
    out.write(buffer, 0, filled);
    flushed += filled;
    filled = 0;
  }

  private static final class HashSink extends OutputStream {
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
      hash.update(bytes, offset, length);
    }
  }
}
