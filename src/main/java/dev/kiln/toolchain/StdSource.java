package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.archive.Trees;
import dev.kiln.memo.Memo;
import dev.kiln.memo.Stamp;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/// The sources of Rust's standard library as a workspace that stable Cargo's rules can plan.
///
/// `library/` asks for features of nightly Cargo (public dependencies, flags in profiles), which
/// say nothing about what is compiled but for one flag that kiln sets itself; and a distribution
/// leaves out what only tests need, and what compiles C code that kiln has no use for. A package of
/// kiln's own is added, which mends an unwinder that was compiled for another C library (see
/// `musl-unwind.rs`), and a module of `unwind`'s for a library of WASI that is too old (see
/// `wasi-threads.rs`).
public final class StdSource {
  /// Raised whenever the same sources would be mended in another way.
  private static final String WAY = "5";

  /// The package that makes `libunwind.a` for musl.
  public static final String MUSL_UNWIND = "musl_unwind";

  private static final Pattern MEMBERS = Pattern.compile("(?s)\nmembers = \\[.*?\\]");
  private static final Pattern PROFILE_FLAGS = Pattern.compile("(?ms)^rustflags = \\[.*?^?\\]\n");
  private static final Pattern FEATURES = Pattern.compile("(?m)^cargo-features = .*\n");
  private static final Pattern PUBLIC = Pattern.compile(",\\s*public = true");
  private static final Pattern CC = Pattern.compile("(?m)^cc = .*\n");
  private static final Pattern DEV =
      Pattern.compile("(?ms)^\\[([^\\]\n]*\\.)?dev-dependencies(\\.[^\\]\n]*)?\\]$.*?(?=^\\[|\\z)");
  private static final Set<String> LEFT_OUT = Set.of("coretests", "alloctests");

  private final Store store;
  private final Memo memo;

  public StdSource(Store store, Memo memo) {
    this.store = store;
    this.memo = memo;
  }

  /// Returns the workspace made of a directory `library`; made once as long as its lock file stays.
  /// `shared` says that std becomes a shared library too, for which there must be a linker.
  public StorePath prepare(Path library, String release, boolean shared) throws KilnException {
    try {
      var key =
          WAY
              + shared
              + store.storeDir().path()
              + "\n"
              + library
              + "\n"
              + Stamp.of(library.resolve("Cargo.lock"))
              + "\n"
              + Stamp.of(library.resolve("std"))
              + "\n"
              + resource("musl-unwind.rs")
              + resource("wasi-threads.rs");
      var known = memo.find("std-source", key).map(StorePath::new);
      if (known.isPresent() && store.isValid(known.get())) {
        return known.get();
      }
      var tree = store.newStaging().resolve("library");
      Trees.copy(library, tree, directory -> isLeftOut(library, directory));
      mend(tree);
      if (!shared) {
        var std = tree.resolve("std/Cargo.toml");
        Files.writeString(
            std, Files.readString(std).replace("[\"dylib\", \"rlib\"]", "[\"rlib\"]"));
      }
      var object = store.adopt("rust-library-" + release, tree, Collections.emptySortedSet());
      memo.keep("std-source", key, object.baseName());
      return object;
    } catch (IOException e) {
      throw new KilnException(
          "cannot read the sources of Rust's standard library in " + library, null, e);
    }
  }

  private static void mend(Path tree) throws IOException {
    for (var manifest : manifests(tree)) {
      var text = FEATURES.matcher(Files.readString(manifest)).replaceAll("");
      text = DEV.matcher(text).replaceAll("");
      text = CC.matcher(text).replaceAll("").replace("[\"dep:cc\"]", "[]");
      Files.writeString(manifest, PUBLIC.matcher(text).replaceAll(""));
    }
    var root = tree.resolve("Cargo.toml");
    var text = FEATURES.matcher(Files.readString(root)).replaceAll("");
    text = PROFILE_FLAGS.matcher(text).replaceAll("");
    text =
        MEMBERS
            .matcher(text)
            .replaceFirst("\nmembers = [\"std\", \"sysroot\", \"" + MUSL_UNWIND + "\"]");
    Files.writeString(root, text);
    var unwind = Files.createDirectories(tree.resolve(MUSL_UNWIND));
    Files.writeString(
        unwind.resolve("Cargo.toml"),
        """
        [package]
        name = "%s"
        version = "0.0.0"
        edition = "2024"
        build = "build.rs"
        [lib]
        path = "lib.rs"
        [dependencies]
        core = { path = "../rustc-std-workspace-core", package = "rustc-std-workspace-core" }
        """
            .formatted(MUSL_UNWIND));
    Files.writeString(unwind.resolve("lib.rs"), resource("musl-unwind.rs"));
    Files.writeString(
        unwind.resolve("build.rs"),
        """
        fn main() {
            let target = std::env::var("TARGET").unwrap();
            println!("cargo::rustc-link-search=native=%s/lib/rustlib/{target}/lib");
        }
        """
            .formatted(Toolchain.AT));
    addThreadsOfWasi(tree.resolve("unwind/src"));
    var lock = tree.resolve("Cargo.lock");
    Files.writeString(
        lock,
        Files.readString(lock)
            + "\n[[package]]\nname = \""
            + MUSL_UNWIND
            + "\"\nversion = \"0.0.0\"\ndependencies = [\n \"rustc-std-workspace-core\",\n]\n");
  }

  private static void addThreadsOfWasi(Path unwind) throws IOException {
    Files.writeString(unwind.resolve("wasi_threads.rs"), resource("wasi-threads.rs"));
    var lib = unwind.resolve("lib.rs");
    Files.writeString(
        lib,
        Files.readString(lib).replaceFirst("#!\\[no_std\\]", "#![no_std]\n#![feature(linkage)]")
            + """

            #[cfg(all(target_os = "wasi", not(target_feature = "atomics")))]
            mod wasi_threads;
            """);
  }

  /// Returns the manifests of packages that are no other people's.
  private static List<Path> manifests(Path tree) throws IOException {
    try (var files = Files.walk(tree, 3)) {
      return files
          .filter(file -> file.endsWith("Cargo.toml"))
          .filter(file -> !file.startsWith(tree.resolve("vendor")))
          .filter(file -> !file.equals(tree.resolve("Cargo.toml")))
          .toList();
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(StdSource.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// Says whether a directory holds a package that only tests.
  private static boolean isLeftOut(Path library, Path directory) {
    return library.equals(directory.getParent())
        && LEFT_OUT.contains(directory.getFileName().toString());
  }
}
