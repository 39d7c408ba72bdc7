package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.memo.Memo;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.util.Collections;
import java.util.List;

/// Puts a compiler and another target's standard library together: rustc looks for every target
/// below its own sysroot, so units for a target see one object that holds both.
///
/// The files are hard links to those of the two objects, and take no more room.
public final class ToolchainComposition {
  private final Store store;
  private final Memo memo;

  public ToolchainComposition(Store store, Memo memo) {
    this.store = store;
    this.memo = memo;
  }

  /// Returns the object that holds the files of both, composing it where that has not been done.
  public StorePath compose(StorePath compiler, StorePath std) throws KilnException {
    var key = store.storeDir().path() + "\n" + compiler.baseName() + "\n" + std.baseName();
    var known = memo.find("composed-toolchain", key).map(StorePath::new);
    if (known.isPresent() && store.isValid(known.get())) {
      return known.get();
    }
    var tree = store.newStaging().resolve("toolchain");
    LinkedTree.merge(List.of(store.physical(compiler), store.physical(std)), tree);
    var name = compiler.name() + std.name().replaceFirst("^rust-std-[^-]*", "");
    var object = store.adopt(name, tree, Collections.emptySortedSet());
    memo.keep("composed-toolchain", key, object.baseName());
    return object;
  }
}
