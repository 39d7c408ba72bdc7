package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.memo.Memo;
import dev.kiln.ops.Runners;
import dev.kiln.ops.Settings;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.HermeticSysroot;
import dev.kiln.toolchain.InstalledRustc;
import dev.kiln.toolchain.LinkedTree;
import dev.kiln.toolchain.Runner;
import dev.kiln.toolchain.RustcVersion;
import dev.kiln.toolchain.Toolchain;
import dev.kiln.toolchain.ToolchainImport;
import dev.kiln.toolchain.debian.DebianFile;
import dev.kiln.toolchain.debian.DebianToolchain;
import dev.kiln.toolchain.debian.LockedPackage;
import dev.kiln.toolchain.debian.PackageLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// A toolchain of Debian packages, of which each part is brought into the store when a build first
/// asks for it.
public final class DebianSupply {
  private static final String FORMAT = "1";

  private final Settings settings;
  private final Store store;
  private final Memo memo;
  private final DebianToolchain toolchain;
  private final PackageTrees trees;
  private final SortedSet<StorePath> used = new TreeSet<>();

  private DebianSupply(
      Settings settings, Store store, Memo memo, DebianToolchain toolchain, PackageTrees trees) {
    this.settings = settings;
    this.store = store;
    this.memo = memo;
    this.toolchain = toolchain;
    this.trees = trees;
  }

  /// Returns the toolchain of a name, where `files` has one of this kind.
  public static Optional<DebianSupply> find(
      Settings settings, ToolchainFiles files, HttpSettings http, String name, EventSink events)
      throws KilnException {
    var found = files.find(name);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    var place = settings.cwd().resolve(found.get().place());
    var file = DebianFile.parse(place, found.get().text());
    var locked = files.lock(name);
    var toolchain =
        DebianToolchain.of(
            name,
            System.getProperty("os.arch", ""),
            file,
            PackageLock.parse(locked.place(), locked.text()));
    var store = Store.open(settings.places().storeRoot(), settings.places().storeDir());
    var memo = new Memo(settings.places().cache().resolve("memo"));
    var mirrors =
        new Mirrors(
            settings.cwd().resolve("/"), settings.places().config(), settings.environment());
    var trees = new PackageTrees(store, memo, events, mirrors, http, name);
    return Optional.of(new DebianSupply(settings, store, memo, toolchain, trees));
  }

  /// Returns the toolchain's name.
  public String name() {
    return toolchain.name();
  }

  /// Returns which packages are what.
  public DebianToolchain toolchain() {
    return toolchain;
  }

  /// Returns every object that was asked for.
  public SortedSet<StorePath> used() {
    return Collections.unmodifiableSortedSet(used);
  }

  /// Returns the compiler with the host's standard library, as an object like every toolchain.
  public Toolchain compiler() throws KilnException, InterruptedException {
    var packages = toolchain.rust();
    var key = key(packages, "rust");
    var known = known("debian-rust", key);
    StorePath object;
    if (known.isPresent()) {
      object = known.get();
    } else {
      var debs = trees.require(name() + ", compiler", packages, "");
      var tree = merged(debs);
      object =
          new ToolchainImport(store, memo)
              .copy(tree.resolve("usr"), toolchain.hostTriple(), "rust-" + release());
      memo.keep("debian-rust", key, object.baseName());
    }
    used.add(object);
    return new Toolchain(name(), object, version(object));
  }

  /// Returns the compiler as an installed one: the object, where it lies in the store.
  public InstalledRustc rustc() throws KilnException, InterruptedException {
    var compiler = compiler();
    var sysroot = store.physical(compiler.object());
    return new InstalledRustc(
        name(), sysroot.resolve("bin").resolve("rustc"), sysroot, compiler.version());
  }

  private RustcVersion version(StorePath object) throws KilnException, InterruptedException {
    var known = memo.find("rustc-object", object.baseName());
    if (known.isPresent()) {
      return RustcVersion.parse(known.get());
    }
    var program = store.physical(object).resolve("bin").resolve("rustc");
    var answer =
        Runners.plain()
            .run(
                new Runner.Question(
                    List.of(program.toString(), "-vV"), new TreeMap<>(), settings.cwd()));
    if (answer.exit() != 0) {
      throw new KilnException(
          "the compiler of the toolchain `" + name() + "` does not run here",
          null,
          new KilnException(answer.err().strip()));
    }
    memo.keep("rustc-object", object.baseName(), answer.out());
    return RustcVersion.parse(answer.out());
  }

  /// Returns the object with a target's standard library; empty where packages hold none.
  public Optional<StorePath> std(String triple) throws KilnException, InterruptedException {
    var packages = toolchain.std(triple);
    if (packages.isEmpty()) {
      return Optional.empty();
    }
    var key = key(packages, "std " + triple);
    var known = known("debian-std", key);
    if (known.isEmpty()) {
      var debs =
          trees.require(
              name() + ", standard library for " + triple, packages, "usr/lib/rustlib/" + triple);
      var object =
          new ToolchainImport(store, memo)
              .copyStd(merged(debs).resolve("usr"), triple, "rust-std-" + release() + "-" + triple);
      memo.keep("debian-std", key, object.baseName());
      known = Optional.of(object);
    }
    used.add(known.get());
    return known;
  }

  /// Returns the directory `library/` of Rust's own sources.
  public Path library() throws KilnException, InterruptedException {
    var path = toolchain.file().rust().library();
    var object =
        trees.require(name() + ", Rust's sources", List.of(toolchain.source()), path).getFirst();
    used.add(object);
    var directory = store.physical(object);
    for (var part : path.split("/", -1)) {
      try (var entries = Files.newDirectoryStream(directory, part)) {
        var matching = entries.iterator();
        if (!matching.hasNext()) {
          throw new KilnException(
              "the package " + toolchain.source().name() + " has no " + path,
              "correct `library` in the toolchain's file");
        }
        directory = matching.next();
      } catch (IOException e) {
        throw new KilnException("cannot read " + directory, null, e);
      }
    }
    return directory;
  }

  /// Returns the sysroot with what builds for these targets need, and further packages.
  public HermeticSysroot sysroot(Collection<String> triples, Collection<String> natives)
      throws KilnException, InterruptedException {
    var packages = toolchain.sysroot(triples, natives);
    var links = toolchain.file().sysroot().links();
    var key = key(packages, "sysroot " + links);
    var known = known("debian-sysroot", key);
    if (known.isEmpty()) {
      var tree = merged(trees.require(name() + ", sysroot", packages, ""));
      addLinks(tree);
      var object = store.adopt("sysroot-" + name(), tree, Collections.emptySortedSet());
      memo.keep("debian-sysroot", key, object.baseName());
      known = Optional.of(object);
    }
    used.add(known.get());
    return new HermeticSysroot(store, known.get());
  }

  /// The top of a root file system with a merged /usr, and what packages' scripts would link.
  private void addLinks(Path tree) throws KilnException {
    try {
      for (var name : List.of("bin", "lib", "lib64", "sbin")) {
        Files.createDirectories(tree.resolve("usr").resolve(name));
        Files.createSymbolicLink(tree.resolve(name), tree.getFileSystem().getPath("usr", name));
      }
      for (var link : toolchain.file().sysroot().links().entrySet()) {
        var file = tree.resolve(link.getKey());
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectories(file.getParent());
          Files.createSymbolicLink(file, tree.getFileSystem().getPath(link.getValue()));
        }
      }
    } catch (IOException e) {
      throw new KilnException("cannot write " + tree, null, e);
    }
  }

  private Path merged(List<StorePath> objects) throws KilnException {
    var tree = store.newStaging().resolve("tree");
    var from = objects.stream().map(store::physical).toList();
    LinkedTree.merge(from, tree);
    return tree;
  }

  /// Returns the version of the compiler's first package, without Debian's revision.
  private String release() throws KilnException {
    var first = toolchain.file().rust().packages().getFirst();
    var version = toolchain.lock().require(first, toolchain.host()).version();
    return version.replaceFirst("[^0-9.].*", "");
  }

  private String key(Collection<LockedPackage> packages, String what) {
    var key = new StringBuilder(FORMAT + "\n" + store.storeDir().path() + "\n" + what + "\n");
    packages.forEach(
        pkg -> key.append(pkg.id()).append(' ').append(pkg.sha256().hex()).append('\n'));
    return key.toString();
  }

  private Optional<StorePath> known(String kind, String key) throws KilnException {
    var known = memo.find(kind, key).map(StorePath::new);
    return known.isPresent() && store.isValid(known.get()) ? known : Optional.empty();
  }
}
