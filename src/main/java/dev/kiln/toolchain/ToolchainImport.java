package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.memo.Memo;
import dev.kiln.memo.Stamp;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Makes an installed rustc a store object, once: which object a sysroot gave is remembered by the
/// stamps of its programs and target directories.
public final class ToolchainImport {
  private final Store store;
  private final Memo memo;

  public ToolchainImport(Store store, Memo memo) {
    this.store = store;
    this.memo = memo;
  }

  /// Returns the toolchain where the object is there already.
  public Optional<Toolchain> find(InstalledRustc rustc) throws KilnException {
    var known = memo.find("toolchain", key(rustc)).map(StorePath::new);
    return known.isPresent() && store.isValid(known.get())
        ? Optional.of(new Toolchain(rustc.name(), known.get(), rustc.version()))
        : Optional.empty();
  }

  /// Returns the toolchain, copying the sysroot into the store where that has not been done.
  public Toolchain require(InstalledRustc rustc) throws KilnException {
    var known = find(rustc);
    if (known.isPresent()) {
      return known.get();
    }
    var files = SysrootFiles.of(rustc.sysroot(), rustc.version().host());
    var staging = store.newStaging();
    var tree = staging.resolve("toolchain");
    try {
      Files.createDirectories(tree);
      files.writeTo(tree);
    } catch (IOException e) {
      throw new KilnException(
          "cannot copy the Rust toolchain in " + rustc.sysroot() + " to " + tree, null, e);
    }
    var object =
        store.adopt("rust-" + rustc.version().release(), tree, Collections.emptySortedSet());
    memo.keep("toolchain", key(rustc), object.baseName());
    return new Toolchain(rustc.name(), object, rustc.version());
  }

  /// Fails where a toolchain cannot compile programs for a target: its std is not in it.
  public void requireStd(Toolchain toolchain, String triple) throws KilnException {
    var std =
        store.physical(toolchain.object()).resolve("lib/rustlib").resolve(triple).resolve("lib");
    if (!Files.isDirectory(std)) {
      throw new KilnException(
          "the toolchain " + toolchain.name() + " has no standard library for " + triple,
          "run `rustup target add " + triple + "`");
    }
  }

  private String key(InstalledRustc rustc) throws KilnException {
    var sysroot = rustc.sysroot();
    try {
      var key = new StringBuilder(store.storeDir().path() + "\n" + sysroot + "\n");
      var watched = new TreeSet<>(List.of("bin/rustc", "bin/rustdoc", "bin/clippy-driver"));
      SysrootFiles.targets(sysroot)
          .forEach(target -> watched.add("lib/rustlib/" + target + "/lib"));
      for (var path : watched) {
        key.append(path).append(' ').append(Stamp.of(sysroot.resolve(path))).append('\n');
      }
      return key.toString();
    } catch (IOException e) {
      throw new KilnException("cannot read the Rust toolchain in " + sysroot, null, e);
    }
  }
}
