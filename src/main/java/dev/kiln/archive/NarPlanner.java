package dev.kiln.archive;

import dev.kiln.KilnException;
import dev.kiln.archive.NarChunk.Large;
import dev.kiln.archive.TreeWalk.Kind;
import dev.kiln.archive.TreeWalk.Step;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Cuts the NAR of a tree into chunks, in its order. Who plans holds the pipeline's lock.
final class NarPlanner implements AutoCloseable {
  /// What most trees in a build need; longer ones go on in chunks of the full size.
  private static final int FIRST = 1 << 16;

  private static final int FULL = 1 << 19;

  /// Longer than a symbolic link's target.
  private static final int TARGET = NarFormat.LONGEST_TARGET + 16;

  private final TreeWalk walk;
  private final boolean kernel;
  private boolean begun;
  private boolean failed;
  private @Nullable Step pending;
  private @Nullable Large large;
  private long offset;

  /// `kernel` where it carries the contents of large files itself.
  NarPlanner(Path tree, boolean listing, boolean kernel) {
    this.walk = new TreeWalk(tree, listing);
    this.kernel = kernel;
  }

  /// Plans the next chunk; answers false where the tree is at its end.
  boolean plan(NarChunk chunk) {
    try {
      if (!begun) {
        pending = walk.next();
      }
      if (large == null && pending == null) {
        return false;
      }
      fill(chunk);
    } catch (IOException | KilnException | RuntimeException | Error e) {
      chunk.fail(e);
      failed = true;
    }
    begun = true;
    return true;
  }

  /// Answers whether there is another chunk.
  boolean hasMore() {
    return !failed && (large != null || pending != null);
  }

  private void fill(NarChunk chunk) throws IOException, KilnException {
    if (large != null) {
      slice(chunk, large);
      return;
    }
    var capacity = begun ? FULL : FIRST;
    chunk.reset(capacity);
    var room = capacity - NarTags.MOST;
    for (var step = pending; step != null; step = pending) {
      if (step.kind() == Kind.FILE && step.attributes().size() > capacity / 4) {
        if (room < NarTags.MOST) {
          return;
        }
        chunk.addHead(step);
        large = new Large(step, FileChannel.open(step.path(), NarChunk.READ));
        offset = 0;
        pending = walk.next();
        return;
      }
      var size =
          switch (step.kind()) {
            case FILE -> (int) step.attributes().size();
            case LINK -> TARGET;
            case ENTER, LEAVE -> 0;
          };
      room -= size + NarTags.MOST;
      if (room < 0) {
        return;
      }
      chunk.add(step);
      pending = walk.next();
    }
  }

  private void slice(NarChunk chunk, Large file) {
    if (kernel) {
      chunk.reset(NarTags.MOST);
      chunk.slice(file, 0, 0, true);
      large = null;
      return;
    }
    var count = (int) Math.min(FULL, file.size() - offset);
    chunk.reset(count + NarTags.MOST);
    chunk.slice(file, offset, count, false);
    offset += count;
    if (offset == file.size()) {
      large = null;
    }
  }

  /// Closes the file that was to come next.
  @Override
  public void close() throws IOException {
    if (large != null) {
      large.channel().close();
    }
  }
}
