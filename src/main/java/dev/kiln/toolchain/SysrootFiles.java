package dev.kiln.toolchain;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The files of a sysroot that rustc needs, by their place in a toolchain object (design D7).
///
/// For the host the programs, the shared libraries that they need as far as the sysroot holds them,
/// and `lib/rustlib/HOST/{lib,bin,codegen-backends}`; for another target the last alone. Never
/// documentation, sources, or what else lies in a distribution's /usr.
///
/// `files` are copied, `texts` are programs that are written.
record SysrootFiles(SortedMap<String, Path> files, SortedMap<String, String> texts) {
  private static final List<String> PROGRAMS = List.of("rustc", "rustdoc", "clippy-driver");
  private static final List<String> TARGET_PARTS = List.of("lib", "bin", "codegen-backends");

  /// What every program of the machine's libc brings: the host sysroot's, not the toolchain's.
  private static final Set<String> LIBC =
      Set.of(
          "libc.so.6",
          "libm.so.6",
          "libdl.so.2",
          "librt.so.1",
          "libpthread.so.0",
          "libutil.so.1",
          "libgcc_s.so.1",
          "libstdc++.so.6");

  SysrootFiles {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    texts = Collections.unmodifiableSortedMap(new TreeMap<>(texts));
  }

  /// Returns the compiler and the host's standard library.
  static SysrootFiles of(Path sysroot, String host) throws KilnException {
    try {
      return new Collector(sysroot, host).collect();
    } catch (IOException e) {
      throw new KilnException("cannot read the Rust toolchain in " + sysroot, null, e);
    }
  }

  /// Returns another target's standard library; no files where the sysroot has none.
  static SysrootFiles ofTarget(Path sysroot, String triple) throws KilnException {
    try {
      var collector = new Collector(sysroot, triple);
      collector.addTarget(triple);
      return collector.collected();
    } catch (IOException e) {
      throw new KilnException("cannot read the Rust toolchain in " + sysroot, null, e);
    }
  }

  /// Returns the dynamic linker that the compiler asks for, and the C library and its like.
  static SysrootFiles ofRuntime(Path sysroot, String host) throws KilnException {
    try {
      var collector = new Collector(sysroot, host);
      collector.addRuntime();
      return collector.collected();
    } catch (IOException e) {
      throw new KilnException("cannot read the Rust toolchain in " + sysroot, null, e);
    }
  }

  private static final class Collector {
    private final Path sysroot;
    private final String host;
    private final TreeMap<String, Path> files = new TreeMap<>();
    private final TreeMap<String, String> texts = new TreeMap<>();

    Collector(Path sysroot, String host) {
      this.sysroot = sysroot;
      this.host = host;
    }

    SysrootFiles collect() throws IOException, KilnException {
      addTarget(host);
      for (var program : PROGRAMS) {
        addProgram(program);
      }
      var std = "lib/rustlib/" + host + "/lib/";
      if (files.keySet().stream().noneMatch(file -> file.startsWith(std))) {
        throw new KilnException(
            "the Rust toolchain in " + sysroot + " has no standard library for " + host,
            "run `rustup target add " + host + "`, or install your distribution's libstd-rust-dev");
      }
      return collected();
    }

    SysrootFiles collected() {
      return new SysrootFiles(files, texts);
    }

    void addTarget(String triple) throws IOException {
      for (var part : TARGET_PARTS) {
        var place = "lib/rustlib/" + triple + "/" + part;
        addTree(sysroot.resolve(place), place);
      }
    }

    /// Adds a tree with symbolic links followed: a distribution's lead out of it.
    private void addTree(Path directory, String place) throws IOException {
      if (!Files.isDirectory(directory)) {
        return;
      }
      try (var entries = Files.newDirectoryStream(directory)) {
        for (var entry : entries) {
          var at = place + "/" + entry.getFileName();
          if (Files.isDirectory(entry)) {
            addTree(entry, at);
          } else if (Files.isRegularFile(entry)) {
            files.put(at, entry.toRealPath());
          }
        }
      }
    }

    private void addProgram(String name) throws IOException, KilnException {
      var program = sysroot.resolve("bin").resolve(name);
      if (!Files.isRegularFile(program)) {
        return;
      }
      var real = program.toRealPath();
      var elf = Elf.read(real);
      if (elf.isEmpty()) {
        throw new KilnException(
            program + " is no ELF program",
            "set RUSTC to a rustc whose sysroot holds the compiler itself");
      }
      addLibraries(elf.get());
      var interpreter = elf.get().interpreter();
      if (elf.get().runPaths().contains("$ORIGIN/../lib") || interpreter == null) {
        files.put("bin/" + name, real);
        return;
      }
      files.put("libexec/" + name, real);
      texts.put("bin/" + name, launcher(name, interpreter));
    }

    void addRuntime() throws IOException {
      for (var name : LIBC) {
        addLibrary(name);
      }
      var interpreter = Elf.read(sysroot.resolve("bin/rustc")).map(Elf::interpreter).orElse(null);
      if (interpreter != null) {
        addLibrary(interpreter.substring(interpreter.lastIndexOf('/') + 1));
      }
    }

    private void addLibrary(String name) throws IOException {
      var library = library(name);
      if (library.isPresent()) {
        files.put("lib/" + name, library.get().toRealPath());
      }
    }

    /// Returns a program that runs one without a run path: as ld.so's argument, so that children
    /// (linkers) do not inherit a library path.
    private static String launcher(String name, String interpreter) {
      return """
      #!/bin/sh
      here=${0%%/*}/..
      exec %s --library-path "$here/lib" --argv0 "$0" "$here/libexec/%s" "$@"
      """
          .formatted(interpreter, name);
    }

    private void addLibraries(Elf program) throws IOException {
      var queue = new ArrayDeque<>(program.needed());
      while (!queue.isEmpty()) {
        var name = queue.removeFirst();
        if (files.containsKey("lib/" + name) || LIBC.contains(name) || name.startsWith("ld-")) {
          continue;
        }
        var library = library(name);
        if (library.isPresent()) {
          var real = library.get().toRealPath();
          files.put("lib/" + name, real);
          Elf.read(real).ifPresent(elf -> queue.addAll(elf.needed()));
        }
      }
    }

    private Optional<Path> library(String name) {
      var tuple = host.replace("-unknown-", "-");
      for (var directory : List.of("lib", "lib/" + tuple, "lib64")) {
        var file = sysroot.resolve(directory).resolve(name);
        if (Files.isRegularFile(file)) {
          return Optional.of(file);
        }
      }
      return Optional.empty();
    }
  }

  /// Copies everything to its place below an empty directory.
  void writeTo(Path tree) throws IOException {
    for (Map.Entry<String, Path> file : files.entrySet()) {
      var target = tree.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.copy(file.getValue(), target);
    }
    for (Map.Entry<String, String> text : texts.entrySet()) {
      var target = tree.resolve(text.getKey());
      Files.createDirectories(target.getParent());
      Files.write(target, text.getValue().getBytes(StandardCharsets.UTF_8));
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }
}
