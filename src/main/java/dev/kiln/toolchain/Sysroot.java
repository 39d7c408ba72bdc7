package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A C toolchain, libraries and a shell as builders see them, read-only: the machine's, or a tree's
/// (design D4, D7).
///
/// `fingerprint` stands for all of it in the keys of units that link or run build scripts.
/// `compiler` is where `cc` was found, null where there is none.
public record Sysroot(
    List<Directory> directories,
    List<Link> links,
    Digest fingerprint,
    @Nullable Path compiler,
    String installHint) {

  /// The PATH of builders: the directories of programs that every Linux has.
  public static final String SEARCH_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /// A directory or file of the host that builders see at the same absolute path.
  public record Directory(String at, Path source) {}

  /// A symbolic link at the root, such as `/bin` to `usr/bin`.
  public record Link(String at, String target) {}

  public Sysroot {
    directories = List.copyOf(directories);
    links = List.copyOf(links);
  }

  /// Returns the C compiler, which is also the default linker; without one says how to get it.
  public Path requireCompiler() throws KilnException {
    if (compiler == null) {
      throw new KilnException("linker `cc` not found: there is no C compiler", installHint);
    }
    return compiler;
  }
}
