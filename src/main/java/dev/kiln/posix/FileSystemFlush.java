package dev.kiln.posix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Writes everything that a file system still holds in memory to its disk: `syncfs(2)`, what `sync
/// -f` does, without a child process.
///
/// One call costs about a millisecond where an fsync of every file would cost three each (design
/// D11). The first call links the functions, which takes milliseconds.
public final class FileSystemFlush {
  private static final int DIRECTORY = 0x10000;
  private static final int CLOSE_ON_EXEC = 0x80000;

  /// All three functions are called as if they took two words: linking a signature takes 15
  /// milliseconds, and where an argument is an integer or a pointer in a register (all of Linux's
  /// 64-bit conventions) one signature fits all.
  private record Calls(
      MethodHandle call, MemorySegment open, MemorySegment syncfs, MemorySegment close) {
    int of(MemorySegment function, long first, long second) {
      try {
        return (int) call.invokeExact(function, first, second);
      } catch (Throwable e) {
        throw new IllegalStateException("it takes and gives integers", e);
      }
    }
  }

  private static final class Linked {
    private static final @Nullable Calls CALLS = link();
  }

  private FileSystemFlush() {}

  /// Links the functions, for a thread that will flush later.
  public static void prepare(Path directory) {
    if (directory.getFileSystem().equals(FileSystems.getDefault())) {
      var _ = Linked.CALLS;
    }
  }

  /// Flushes the file system that a directory lies on; answers false where this system cannot.
  ///
  /// Throws where the disk refused the data: what was written may be lost.
  public static boolean flush(Path directory) throws IOException {
    if (!directory.getFileSystem().equals(FileSystems.getDefault())) {
      return false;
    }
    var calls = Linked.CALLS;
    return calls != null && flush(calls, directory);
  }

  private static boolean flush(Calls calls, Path directory) throws IOException {
    int result;
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(directory.toString());
      var descriptor = calls.of(calls.open, name.address(), DIRECTORY | CLOSE_ON_EXEC);
      if (descriptor < 0) {
        return false;
      }
      result = calls.of(calls.syncfs, descriptor, 0) | calls.of(calls.close, descriptor, 0);
    }
    if (result != 0) {
      throw new IOException("the disk below " + directory + " did not take what was written");
    }
    return true;
  }

  @SuppressWarnings("restricted") // the launcher grants native access
  private static @Nullable Calls link() {
    try {
      var linker = Linker.nativeLinker();
      var signature =
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
      return new Calls(
          linker.downcallHandle(signature),
          function(linker, "open"),
          function(linker, "syncfs"),
          function(linker, "close"));
    } catch (LinkageError | RuntimeException e) {
      return null;
    }
  }

  private static MemorySegment function(Linker linker, String name) {
    return linker
        .defaultLookup()
        .find(name)
        .orElseThrow(() -> new UnsatisfiedLinkError("no function " + name));
  }
}
