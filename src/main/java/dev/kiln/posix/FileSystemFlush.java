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
/// D11). The first call links the functions, which takes tens of milliseconds.
public final class FileSystemFlush {
  private static final int DIRECTORY = 0x10000;
  private static final int CLOSE_ON_EXEC = 0x80000;

  private record Calls(MethodHandle open, MethodHandle syncfs, MethodHandle close) {}

  private static final class Linked {
    private static final @Nullable Calls CALLS = link();
  }

  private FileSystemFlush() {}

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
    int descriptor;
    int result;
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(directory.toString());
      descriptor = (int) calls.open.invokeExact(name, DIRECTORY | CLOSE_ON_EXEC);
      if (descriptor < 0) {
        return false;
      }
      result = (int) calls.syncfs.invokeExact(descriptor);
      var closed = (int) calls.close.invokeExact(descriptor);
      result |= closed;
    } catch (Throwable e) {
      throw new IllegalStateException("syncfs takes and gives integers", e);
    }
    if (result != 0) {
      throw new IOException("the disk below " + directory + " did not take what was written");
    }
    return true;
  }

  private static @Nullable Calls link() {
    try {
      var linker = Linker.nativeLinker();
      var integer = ValueLayout.JAVA_INT;
      return new Calls(
          handle(
              linker,
              "open",
              FunctionDescriptor.of(integer, ValueLayout.ADDRESS, integer),
              Linker.Option.firstVariadicArg(2)),
          handle(linker, "syncfs", FunctionDescriptor.of(integer, integer)),
          handle(linker, "close", FunctionDescriptor.of(integer, integer)));
    } catch (LinkageError | RuntimeException e) {
      return null;
    }
  }

  @SuppressWarnings("restricted") // the launcher grants native access
  private static MethodHandle handle(
      Linker linker, String name, FunctionDescriptor descriptor, Linker.Option... options) {
    MemorySegment function =
        linker
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new UnsatisfiedLinkError("no function " + name));
    return linker.downcallHandle(function, descriptor, options);
  }
}
