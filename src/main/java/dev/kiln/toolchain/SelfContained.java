package dev.kiln.toolchain;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What Rust brings along in `self-contained/`, put together from packages of a distribution: for
/// musl its start files and library, GCC's, and LLVM's unwinder; for WASI its library.
public final class SelfContained {
  /// LLVM's unwinder as compiled against glibc; [StdSource#MUSL_UNWIND] makes `libunwind.a` of it.
  public static final String UNWIND = "libunwind-glibc.a";

  private static final List<String> OF_MUSL =
      List.of("crt1.o", "Scrt1.o", "rcrt1.o", "crti.o", "crtn.o", "libc.a");
  private static final List<String> OF_GCC =
      List.of("crtbegin.o", "crtbeginS.o", "crtend.o", "crtendS.o");

  private final List<Path> roots;

  /// Looks below root directories, the first that has a file counts.
  public SelfContained(List<Path> roots) {
    this.roots = List.copyOf(roots);
  }

  /// Says whether Rust brings a C library along for a target.
  public static boolean isNeeded(TargetInfo info) {
    return has(info, "target_env", "musl") || has(info, "target_os", "wasi");
  }

  private static boolean has(TargetInfo info, String cfg, String value) {
    return info.cfgs().stream().anyMatch(c -> c.name().equals(cfg) && value.equals(c.value()));
  }

  /// Returns the files of a target by name.
  public SortedMap<String, Path> find(TargetInfo info) throws KilnException {
    return has(info, "target_os", "wasi") ? wasi(info.triple()) : musl(info);
  }

  private SortedMap<String, Path> wasi(String triple) throws KilnException {
    var files = new TreeMap<String, Path>();
    for (var root : roots.reversed()) {
      var directory = root.resolve("usr/lib/wasm32-wasi");
      if (Files.isDirectory(directory)) {
        try (var entries = Files.newDirectoryStream(directory, "*.{a,o}")) {
          entries.forEach(file -> files.put(String.valueOf(file.getFileName()), file));
        } catch (IOException e) {
          throw new KilnException("cannot read " + directory, null, e);
        }
      }
    }
    if (!files.containsKey("libc.a")) {
      throw missing(triple, "libc.a", "wasi-libc");
    }
    return files;
  }

  private SortedMap<String, Path> musl(TargetInfo info) throws KilnException {
    var triple = info.triple();
    var name =
        GnuName.of(info.machine())
            .orElseThrow(() ->
                new KilnException("nothing is known of start files and libraries for " + triple));
    var musl = name.prefixes().getFirst();
    var gnu = name.glibc().prefixes().getFirst();
    var files = new TreeMap<String, Path>();
    for (var file : OF_MUSL) {
      files.put(
          file,
          file(List.of("usr/lib/" + musl), file)
              .orElseThrow(() -> missing(triple, file, "musl-dev")));
    }
    var directories = gccDirectories(gnu);
    for (var file : OF_GCC) {
      files.put(
          file,
          file(directories, file)
              .orElseThrow(() -> missing(triple, file, "gcc-" + gnu.replace('_', '-'))));
    }
    files.put(
        UNWIND,
        unwinder(gnu)
            .orElseThrow(
                () -> missing(triple, "LLVM's libunwind.a", "the newest libunwind-NN-dev")));
    return files;
  }

  private static KilnException missing(String triple, String file, String source) {
    return new KilnException(
        "cannot make the standard library for " + triple + ": " + file + " is not in the sysroot",
        "install "
            + source
            + " for the target's architecture, or build with `--toolchain debian-12`");
  }

  private Optional<Path> file(List<String> directories, String name) {
    for (var root : roots) {
      for (var directory : directories) {
        var file = root.resolve(directory).resolve(name);
        if (Files.isRegularFile(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  /// Returns GCC's directories for a machine, the newest version first.
  private List<String> gccDirectories(String gnu) throws KilnException {
    var found = new ArrayList<String>();
    for (var root : roots) {
      for (var base : List.of("usr/lib/gcc-cross/" + gnu, "usr/lib/gcc/" + gnu)) {
        var directory = root.resolve(base);
        if (Files.isDirectory(directory)) {
          try (var versions = Files.newDirectoryStream(directory)) {
            versions.forEach(version -> found.add(base + "/" + version.getFileName()));
          } catch (IOException e) {
            throw new KilnException("cannot read " + directory, null, e);
          }
        }
      }
    }
    found.sort((a, b) -> Integer.compare(version(b), version(a)));
    return found;
  }

  private static int version(String directory) {
    var number = directory.substring(directory.lastIndexOf('/') + 1).replaceFirst("\\D.*", "");
    return number.isEmpty() ? 0 : Integer.parseInt(number);
  }

  /// Another library of the same name, the one of the libunwind project, is of no use here.
  private Optional<Path> unwinder(String gnu) throws KilnException {
    var file = file(List.of("usr/lib/" + gnu), "libunwind.a");
    try {
      return file.isPresent()
              && new String(Files.readAllBytes(file.get()), StandardCharsets.ISO_8859_1)
                  .contains("__unw_getcontext")
          ? file
          : Optional.empty();
    } catch (IOException e) {
      throw new KilnException("cannot read " + file.get(), null, e);
    }
  }
}
