package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.memo.Memo;
import dev.kiln.memo.Stamp;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Makes an installed rustc store objects, once: the compiler with the host's standard library, and
/// apart from it each other target's, so that host units keep their keys when a target is added.
/// Which object a sysroot gave is remembered by the stamps of its programs and directories.
public final class ToolchainImport {
  private static final List<String> PROGRAMS =
      List.of("bin/rustc", "bin/rustdoc", "bin/clippy-driver");

  private final Store store;
  private final Memo memo;

  public ToolchainImport(Store store, Memo memo) {
    this.store = store;
    this.memo = memo;
  }

  /// Returns the toolchain where the object is there already.
  public Optional<Toolchain> find(InstalledRustc rustc) throws KilnException {
    return known(hostKey(rustc)).map(object -> toolchain(rustc, object));
  }

  /// Returns the toolchain, copying compiler and the host's std into the store where that has not
  /// been done.
  public Toolchain require(InstalledRustc rustc) throws KilnException {
    var known = find(rustc);
    if (known.isPresent()) {
      return known.get();
    }
    var object = copy(rustc.sysroot(), rustc.version().host(), "rust-" + rustc.version().release());
    memo.keep("toolchain", hostKey(rustc), object.baseName());
    return toolchain(rustc, object);
  }

  /// Returns the object that holds a target's standard library alone, copying it where that has not
  /// been done; empty where the rustc has none.
  public Optional<StorePath> std(InstalledRustc rustc, String triple) throws KilnException {
    if (!Files.isDirectory(rustc.sysroot().resolve(libraries(triple)))) {
      return Optional.empty();
    }
    var key = key(rustc, List.of(libraries(triple)));
    var known = known(key);
    if (known.isPresent()) {
      return known;
    }
    var name = "rust-std-" + rustc.version().release() + "-" + triple;
    var object = copyStd(rustc.sysroot(), triple, name);
    memo.keep("toolchain", key, object.baseName());
    return Optional.of(object);
  }

  /// Copies what rustc needs of a sysroot with the standard library of the host `triple`.
  public StorePath copy(Path sysroot, String triple, String name) throws KilnException {
    return copy(sysroot, SysrootFiles.of(sysroot, triple), name);
  }

  /// Copies a target's standard library alone.
  public StorePath copyStd(Path sysroot, String triple, String name) throws KilnException {
    return copy(sysroot, SysrootFiles.ofTarget(sysroot, triple), name);
  }

  /// Copies the dynamic linker and the C library that the compiler of a sysroot runs with, to
  /// `lib`.
  public StorePath copyRuntime(Path sysroot, String triple, String name) throws KilnException {
    return copy(sysroot, SysrootFiles.ofRuntime(sysroot, triple), name);
  }

  private StorePath copy(Path sysroot, SysrootFiles files, String name) throws KilnException {
    var tree = store.newStaging().resolve("toolchain");
    try {
      Files.createDirectories(tree);
      files.writeTo(tree);
    } catch (IOException e) {
      throw new KilnException(
          "cannot copy the Rust toolchain in " + sysroot + " to " + tree, null, e);
    }
    return store.adopt(name, tree, Collections.emptySortedSet());
  }

  private static Toolchain toolchain(InstalledRustc rustc, StorePath object) {
    return new Toolchain(rustc.name(), object, rustc.version());
  }

  private Optional<StorePath> known(String key) throws KilnException {
    var known = memo.find("toolchain", key).map(StorePath::new);
    return known.isPresent() && store.isValid(known.get()) ? known : Optional.empty();
  }

  private static String libraries(String triple) {
    return "lib/rustlib/" + triple + "/lib";
  }

  private String hostKey(InstalledRustc rustc) throws KilnException {
    var watched = new TreeSet<>(PROGRAMS);
    watched.add(libraries(rustc.version().host()));
    return key(rustc, watched);
  }

  private String key(InstalledRustc rustc, Iterable<String> watched) throws KilnException {
    var sysroot = rustc.sysroot();
    try {
      var key = new StringBuilder(store.storeDir().path() + "\n" + sysroot + "\n");
      for (var path : watched) {
        key.append(path).append(' ').append(Stamp.of(sysroot.resolve(path))).append('\n');
      }
      return key.toString();
    } catch (IOException e) {
      throw new KilnException("cannot read the Rust toolchain in " + sysroot, null, e);
    }
  }
}
