package dev.kiln.archive;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;

/// Reads a NAR as strictly as current Nix (nix-store.md §3.2): one order of tags, zero padding,
/// strictly ascending names, the limits of names, targets and depth. Never allocates by a length
/// that the archive announces.
public final class NarReader {
  private final InputStream in;
  private final NarVisitor visitor;
  private final byte[] small = new byte[NarFormat.LONGEST_TARGET + 1];
  private long position;

  private NarReader(InputStream in, NarVisitor visitor) {
    this.in = in;
    this.visitor = visitor;
  }

  /// Reads one NAR up to its last parenthesis and no byte more; answers its size. The stream should
  /// be buffered.
  public static long read(InputStream in, NarVisitor visitor) throws IOException, KilnException {
    var reader = new NarReader(in, visitor);
    try {
      reader.expect(NarFormat.MAGIC);
      reader.node(ByteString.EMPTY, 0);
    } catch (EOFException e) {
      throw new KilnException("bad NAR: it ends too early", null, e);
    }
    return reader.position;
  }

  /// Unpacks one NAR to a path where nothing is yet; answers its size. Where this fails, nothing is
  /// left there.
  ///
  /// Reads no byte after the NAR. The stream should be buffered.
  public static long restore(InputStream in, Path destination) throws IOException, KilnException {
    return NarRestorer.restore(in, destination);
  }

  /// Does the same for a store, where nothing is written again, and answers the hash too.
  public static NarHash restoreHashed(InputStream in, Path destination)
      throws IOException, KilnException {
    var hashed = new DigestInputStream(in, Digest.messageDigest(HashAlgorithm.SHA256));
    var size = NarRestorer.restoreSealed(hashed, destination);
    return new NarHash(new Digest(HashAlgorithm.SHA256, hashed.getMessageDigest().digest()), size);
  }

  private void node(ByteString name, int depth) throws IOException, KilnException {
    if (depth >= NarFormat.MAXIMUM_DEPTH) {
      throw NarFormat.bad("it is nested more than 64 deep");
    }
    expect("(");
    expect("type");
    var type = tag();
    switch (type) {
      case "regular" -> regular(name);
      case "symlink" -> link(name);
      case "directory" -> directory(name, depth);
      default -> throw NarFormat.bad("unknown file type '" + type + "'");
    }
  }

  private void regular(ByteString name) throws IOException, KilnException {
    var tag = tag();
    var executable = tag.equals("executable");
    if (executable) {
      if (!tag().isEmpty()) {
        throw NarFormat.bad("the executable marker has a value");
      }
      tag = tag();
    }
    if (!tag.equals("contents")) {
      throw NarFormat.bad("'" + tag + "' stands where 'contents' must");
    }
    var size = integer();
    if (size < 0) {
      throw NarFormat.bad("a file is larger than any disk");
    }
    var contents = new Contents(size);
    visitor.file(name, executable, size, position, contents);
    contents.skipRest();
    padding(size);
    expect(")");
  }

  private void link(ByteString name) throws IOException, KilnException {
    expect("target");
    var target = string(NarFormat.LONGEST_TARGET, "a link's target");
    if (target.isEmpty() || target.contains((byte) 0)) {
      throw NarFormat.bad("a link's target is empty or has a NUL");
    }
    visitor.link(name, target);
    expect(")");
  }

  private void directory(ByteString name, int depth) throws IOException, KilnException {
    visitor.enterDirectory(name);
    var previous = ByteString.EMPTY;
    while (true) {
      var tag = tag();
      if (tag.equals(")")) {
        break;
      }
      if (!tag.equals("entry")) {
        throw NarFormat.bad("unknown field '" + tag + "' in a directory");
      }
      expect("(");
      expect("name");
      var entry = string(NarFormat.LONGEST_NAME, "a file name");
      checkName(entry);
      if (entry.compareTo(previous) <= 0) {
        throw NarFormat.bad("'" + entry + "' does not come after '" + previous + "'");
      }
      previous = entry;
      expect("node");
      node(entry, depth + 1);
      expect(")");
    }
    visitor.leaveDirectory();
  }

  private static void checkName(ByteString name) throws KilnException {
    var text = name.toString();
    if (name.isEmpty()
        || text.equals(".")
        || text.equals("..")
        || name.contains((byte) '/')
        || name.contains((byte) 0)) {
      throw NarFormat.bad("invalid file name '" + name + "'");
    }
  }

  private void expect(String tag) throws IOException, KilnException {
    var found = tag();
    if (!found.equals(tag)) {
      throw NarFormat.bad("'" + found + "' stands where '" + tag + "' must");
    }
  }

  private String tag() throws IOException, KilnException {
    return string(NarFormat.LONGEST_TAG, "a tag").toString();
  }

  private ByteString string(int limit, String what) throws IOException, KilnException {
    var length = integer();
    if (length < 0 || length > limit) {
      throw NarFormat.bad(what + " is longer than " + limit + " bytes");
    }
    fill((int) length);
    var string = ByteString.of(small, 0, (int) length);
    padding(length);
    return string;
  }

  private long integer() throws IOException {
    fill(8);
    var value = 0L;
    for (var i = 7; i >= 0; i--) {
      value = value << 8 | (small[i] & 0xff);
    }
    return value;
  }

  private void padding(long length) throws IOException, KilnException {
    var padding = NarFormat.padding(length);
    fill(padding);
    for (var i = 0; i < padding; i++) {
      if (small[i] != 0) {
        throw NarFormat.bad("the padding is not zero");
      }
    }
  }

  private void fill(int length) throws IOException {
    if (in.readNBytes(small, 0, length) < length) {
      throw new EOFException();
    }
    position += length;
  }

  /// The contents of one file; the archive ending inside them is an [EOFException].
  private final class Contents extends InputStream {
    private long left;

    private Contents(long size) {
      this.left = size;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      var count = in.read(buffer, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException();
      }
      left -= count;
      position += count;
      return count;
    }

    private void skipRest() throws IOException {
      var buffer = new byte[(int) Math.min(left, 1 << 16)];
      while (left > 0) {
        var _ = read(buffer, 0, buffer.length);
      }
    }
  }
}
