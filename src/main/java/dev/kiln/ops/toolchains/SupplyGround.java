package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.memo.Memo;
import dev.kiln.ops.Runners;
import dev.kiln.ops.Settings;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.InstalledRustc;
import dev.kiln.toolchain.LinkedTree;
import dev.kiln.toolchain.Runner;
import dev.kiln.toolchain.RustcVersion;
import dev.kiln.toolchain.Toolchain;
import dev.kiln.toolchain.debian.LockedPackage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// What every kind of supply stands on: the store, and what was made before.
record SupplyGround(Settings settings, Store store, Memo memo, PackageTrees trees, String name) {
  /// Raised when the way in which trees are made of packages changes.
  private static final String FORMAT = "1";

  static SupplyGround of(Settings settings, HttpSettings http, String name, EventSink events)
      throws KilnException {
    var store = Store.open(settings.places().storeRoot(), settings.places().storeDir());
    var memo = new Memo(settings.places().cache().resolve("memo"));
    var mirrors =
        new Mirrors(
            settings.cwd().resolve("/"), settings.places().config(), settings.environment());
    return new SupplyGround(
        settings, store, memo, new PackageTrees(store, memo, events, mirrors, http, name), name);
  }

  Optional<StorePath> known(String kind, String key) throws KilnException {
    var known = memo.find(kind, key).map(StorePath::new);
    return known.isPresent() && store.isValid(known.get()) ? known : Optional.empty();
  }

  /// Returns the packages that are not in the store.
  List<LockedPackage> missing(Collection<LockedPackage> packages, String only)
      throws KilnException {
    var missing = new ArrayList<LockedPackage>();
    for (var pkg : packages) {
      if (trees.known(pkg, only).isEmpty()) {
        missing.add(pkg);
      }
    }
    return missing;
  }

  String key(Collection<LockedPackage> packages, String what) {
    var key = new StringBuilder(FORMAT + "\n" + store.storeDir().path() + "\n" + what + "\n");
    packages.forEach(
        pkg -> key.append(pkg.id()).append(' ').append(pkg.sha256().hex()).append('\n'));
    return key.toString();
  }

  /// Returns one tree of several objects, to be changed and adopted.
  Path merged(List<StorePath> objects) throws KilnException {
    var tree = store.newStaging().resolve("tree");
    LinkedTree.merge(objects.stream().map(store::physical).toList(), tree);
    return tree;
  }

  /// Asks a compiler of the store what it is, once; `loader` are the words before its own file.
  Toolchain toolchain(StorePath object, List<String> loader)
      throws KilnException, InterruptedException {
    var known = memo.find("rustc-object", object.baseName());
    if (known.isPresent()) {
      return new Toolchain(name, object, RustcVersion.parse(known.get()));
    }
    var tree = store.physical(object);
    var argv = new ArrayList<>(loader);
    argv.add(tree.resolve(loader.isEmpty() ? "bin/rustc" : "libexec/rustc").toString());
    argv.add("-vV");
    var answer = Runners.plain().run(new Runner.Question(argv, new TreeMap<>(), settings.cwd()));
    if (answer.exit() != 0) {
      throw new KilnException(
          "the compiler of the toolchain `" + name + "` does not run here",
          null,
          new KilnException(answer.err().strip()));
    }
    memo.keep("rustc-object", object.baseName(), answer.out());
    return new Toolchain(name, object, RustcVersion.parse(answer.out()));
  }

  /// Returns the compiler of an object as an installed one.
  InstalledRustc rustc(Toolchain compiler, List<String> loader) {
    var sysroot = store.physical(compiler.object());
    return new InstalledRustc(
        name, sysroot.resolve("bin").resolve("rustc"), sysroot, compiler.version(), loader);
  }
}
