package dev.kiln.archive;

import dev.kiln.digest.ByteString;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/// The C library's `symlink`, for targets with `//`: whichever way a [java.nio.file.Path] is made,
/// it has lost one of the slashes.
final class NativeLink {
  private NativeLink() {}

  @SuppressWarnings("restricted") // the jar's manifest enables native access
  static void create(ByteString link, ByteString target) throws IOException {
    var linker = Linker.nativeLinker();
    var signature =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    var symlink = linker.downcallHandle(linker.defaultLookup().findOrThrow("symlink"), signature);
    int result;
    try (var arena = Arena.ofConfined()) {
      result = (int) symlink.invokeExact(text(arena, target), text(arena, link));
    } catch (RuntimeException | Error | IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("symlink throws nothing", e);
    }
    if (result != 0) {
      throw new IOException("cannot make the symbolic link " + link);
    }
  }

  private static MemorySegment text(SegmentAllocator arena, ByteString text) throws IOException {
    if (text.contains((byte) 0)) {
      throw new IOException("a file name has a NUL");
    }
    var segment = arena.allocate(text.length() + 1L);
    MemorySegment.copy(text.bytes(), 0, segment, ValueLayout.JAVA_BYTE, 0, text.length());
    return segment;
  }
}
