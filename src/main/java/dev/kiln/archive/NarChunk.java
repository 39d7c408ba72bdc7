package dev.kiln.archive;

import dev.kiln.KilnException;
import dev.kiln.archive.TreeWalk.Step;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A piece of a NAR: first planned, then loaded by any thread, then handed on in its turn and used
/// again. It is either some whole entries, or a part of one large file's contents.
final class NarChunk implements AutoCloseable {
  static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  /// A file whose contents come in chunks of their own, and what ends its entry.
  record Large(Step step, FileChannel channel) {
    long size() {
      return step.attributes().size();
    }
  }

  private final boolean direct;
  private final @Nullable MessageDigest fileHash;
  private ByteBuffer buffer;
  private final List<Step> steps = new ArrayList<>();
  private @Nullable Step head;
  private final List<NarEntry> entries = new ArrayList<>();
  private @Nullable Large large;
  private boolean begins;
  private boolean transferred;
  private long offset;
  private int length;
  private @Nullable Throwable failure;

  /// `direct` buffers are for what the kernel gets, others for what is looked at; `listing` asks
  /// for the entries and their hashes.
  NarChunk(boolean direct, boolean listing) {
    this.direct = direct;
    this.fileHash = listing ? Digest.messageDigest(HashAlgorithm.SHA256) : null;
    this.buffer = ByteBuffer.allocate(0);
  }

  /// Begins a new life with room for so many bytes.
  void reset(int capacity) {
    if (buffer.capacity() < capacity) {
      var fresh = direct ? ByteBuffer.allocateDirect(capacity) : ByteBuffer.allocate(capacity);
      buffer = fresh.order(ByteOrder.LITTLE_ENDIAN);
    }
    steps.clear();
    head = null;
    entries.clear();
    large = null;
    begins = false;
    transferred = false;
    length = 0;
    failure = null;
  }

  void add(Step step) {
    steps.add(step);
  }

  /// Adds the beginning of a large file's entry, as the last that this chunk has.
  void addHead(Step step) {
    head = step;
  }

  /// Makes this chunk a part of a large file; `kernel` where the contents go another way and only
  /// what ends the entry is loaded.
  void slice(Large file, long from, int count, boolean kernel) {
    large = file;
    begins = from == 0;
    offset = from;
    length = count;
    transferred = kernel;
  }

  void fail(Throwable cause) {
    failure = cause;
  }

  /// Loads what was planned; a failure is kept for the one who takes the chunk.
  void load() {
    if (failure != null) {
      return;
    }
    try {
      buffer.clear();
      var file = large;
      if (file == null) {
        render();
      } else {
        contents(file);
      }
      buffer.flip();
    } catch (IOException | KilnException | RuntimeException | Error e) {
      failure = e;
    }
  }

  /// Throws what went wrong. No switch over types, for which the JVM would make code at each start.
  void check() throws IOException, KilnException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof KilnException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  private void render() throws IOException, KilnException {
    for (var step : steps) {
      switch (step.kind()) {
        case ENTER -> enter(step);
        case LEAVE -> end(step);
        case LINK -> link(step);
        case FILE -> file(step);
      }
    }
    if (head != null) {
      begin(head);
      beginContents(head);
    }
  }

  private void begin(Step step) {
    var name = step.name();
    if (name != null) {
      buffer.put(NarTags.ENTRY);
      NarTags.putString(buffer, name.bytes());
      buffer.put(NarTags.NODE);
    }
  }

  private void beginContents(Step step) {
    buffer.put(isExecutable(step) ? NarTags.EXECUTABLE : NarTags.REGULAR);
    buffer.putLong(step.attributes().size());
  }

  private void enter(Step step) {
    if (fileHash != null) {
      entries.add(new NarEntry.Directory(step.inside()));
    }
    begin(step);
    buffer.put(NarTags.DIRECTORY);
  }

  private void link(Step step) throws IOException {
    var target = FileNames.readLink(step.path());
    if (fileHash != null) {
      entries.add(new NarEntry.Link(step.inside(), target));
    }
    begin(step);
    buffer.put(NarTags.LINK);
    NarTags.putString(buffer, target.bytes());
    end(step);
  }

  private void file(Step step) throws IOException, KilnException {
    var size = step.attributes().size();
    begin(step);
    beginContents(step);
    var start = buffer.position();
    if (size > 0) {
      try (var channel = FileChannel.open(step.path(), READ)) {
        read(channel, 0, (int) size, step.path());
      }
    }
    if (fileHash != null) {
      fileHash.update(buffer.slice(start, (int) size));
      entries.add(regular(step, start, fileHash.digest()));
    }
    NarTags.putPadding(buffer, size);
    end(step);
  }

  static NarEntry.Regular regular(Step step, long narOffset, byte[] sha256) {
    return new NarEntry.Regular(
        step.inside(),
        isExecutable(step),
        step.attributes().size(),
        narOffset,
        new Digest(HashAlgorithm.SHA256, sha256));
  }

  private static boolean isExecutable(Step step) {
    return step.attributes().permissions().contains(PosixFilePermission.OWNER_EXECUTE);
  }

  private void end(Step step) {
    buffer.put(NarTags.CLOSE);
    if (step.name() != null) {
      buffer.put(NarTags.CLOSE);
    }
  }

  private void contents(Large file) throws IOException, KilnException {
    if (!transferred) {
      read(file.channel, offset, length, file.step.path());
    }
    if (ends()) {
      NarTags.putPadding(buffer, file.size());
      end(file.step);
    }
  }

  /// Reads exactly the size that the file had when it was looked at: growth is ignored, shrinking
  /// an error.
  private void read(FileChannel channel, long from, int count, Path path)
      throws IOException, KilnException {
    var start = buffer.position();
    var limit = buffer.limit();
    buffer.limit(start + count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position() - start) < 0) {
        throw shortened(path);
      }
    }
    buffer.limit(limit);
  }

  static KilnException shortened(Path path) {
    return new KilnException(path + " became shorter while it was read");
  }

  /// Returns the bytes to hand on.
  ByteBuffer bytes() {
    return buffer;
  }

  /// Returns the entries that are whole in this chunk, their offsets counted from its start.
  List<NarEntry> entries() {
    return entries;
  }

  @Nullable Large large() {
    return large;
  }

  /// Answers whether the file's contents go another way, before these bytes.
  boolean isTransferred() {
    return transferred;
  }

  /// Answers whether this is the first part of a large file.
  boolean begins() {
    return begins;
  }

  /// Answers whether this is the last part of a large file.
  boolean ends() {
    return large != null && (transferred || offset + length == large.size());
  }

  /// Returns how many of the bytes are a large file's contents.
  int length() {
    return length;
  }

  /// Closes the large file that this is a part of.
  @Override
  public void close() throws IOException {
    if (large != null) {
      large.channel.close();
    }
  }
}
