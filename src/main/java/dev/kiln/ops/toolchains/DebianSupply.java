package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.HermeticSysroot;
import dev.kiln.toolchain.InstalledRustc;
import dev.kiln.toolchain.Toolchain;
import dev.kiln.toolchain.ToolchainImport;
import dev.kiln.toolchain.debian.DebianToolchain;
import dev.kiln.toolchain.debian.LockedPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// A toolchain of Debian packages, of which each part is brought into the store when a build first
/// asks for it.
public final class DebianSupply implements Supply {
  private static final String LIBRARIES = "usr/lib/rustlib/";

  private final SupplyGround ground;
  private final DebianToolchain toolchain;
  private final SortedSet<StorePath> used = new TreeSet<>();

  DebianSupply(SupplyGround ground, DebianToolchain toolchain) {
    this.ground = ground;
    this.toolchain = toolchain;
  }

  @Override
  public String name() {
    return toolchain.name();
  }

  /// Returns which packages are what.
  public DebianToolchain toolchain() {
    return toolchain;
  }

  @Override
  public SortedSet<StorePath> used() {
    return Collections.unmodifiableSortedSet(used);
  }

  @Override
  public Toolchain compiler() throws KilnException, InterruptedException {
    return ground.toolchain(object(), loader());
  }

  @Override
  public InstalledRustc rustc() throws KilnException, InterruptedException {
    return ground.rustc(compiler(), loader());
  }

  private StorePath object() throws KilnException, InterruptedException {
    var importing = new ToolchainImport(ground.store(), ground.memo());
    return ofRust(
        "rust", tree -> importing.copy(tree, toolchain.hostTriple(), "rust-" + release()));
  }

  /// Returns how the compiler is started outside of a sandbox: by the packages' own dynamic linker
  /// and C library, whatever the machine has.
  private List<String> loader() throws KilnException, InterruptedException {
    var importing = new ToolchainImport(ground.store(), ground.memo());
    var runtime =
        ofRust(
            "runtime",
            tree ->
                importing.copyRuntime(tree, toolchain.hostTriple(), "rust-runtime-" + release()));
    var libraries = ground.store().physical(runtime).resolve("lib");
    var own = ground.store().physical(object()).resolve("lib");
    try (var linkers = Files.newDirectoryStream(libraries, "ld-*")) {
      var found = linkers.iterator();
      if (!found.hasNext()) {
        throw new KilnException(
            "the compiler of the toolchain `" + name() + "` comes without its dynamic linker",
            "the closure of `rust.packages` has to have the C library");
      }
      return List.of(
          found.next().toString(),
          "--inhibit-cache",
          "--library-path",
          own + ":" + libraries,
          "--argv0",
          "rustc");
    } catch (IOException e) {
      throw new KilnException("cannot read " + libraries, null, e);
    }
  }

  /// Makes an object of the compiler's packages.
  @FunctionalInterface
  private interface Making {
    StorePath make(Path usr) throws KilnException;
  }

  /// Returns an object that is made of the compiler's packages, which are brought where it is not
  /// there.
  private StorePath ofRust(String what, Making making) throws KilnException, InterruptedException {
    var packages = toolchain.rust();
    var key = ground.key(packages, what);
    var known = ground.known("debian-" + what, key);
    if (known.isEmpty()) {
      var debs = ground.trees().require(name() + ", compiler", packages, "");
      known = Optional.of(making.make(ground.merged(debs).resolve("usr")));
      ground.memo().keep("debian-" + what, key, known.get().baseName());
    }
    used.add(known.get());
    return known.get();
  }

  @Override
  public Optional<StorePath> std(String triple) throws KilnException, InterruptedException {
    var packages = toolchain.std(triple);
    if (packages.isEmpty()) {
      return Optional.empty();
    }
    var key = ground.key(packages, "std " + triple);
    var known = ground.known("debian-std", key);
    if (known.isEmpty()) {
      var debs =
          ground
              .trees()
              .require(name() + ", standard library for " + triple, packages, LIBRARIES + triple);
      var object =
          new ToolchainImport(ground.store(), ground.memo())
              .copyStd(
                  ground.merged(debs).resolve("usr"),
                  triple,
                  "rust-std-" + release() + "-" + triple);
      ground.memo().keep("debian-std", key, object.baseName());
      known = Optional.of(object);
    }
    used.add(known.get());
    return known;
  }

  @Override
  public boolean buildsStd(String triple) {
    return toolchain.knows(triple);
  }

  @Override
  public SortedSet<String> targets() {
    return new TreeSet<>(toolchain.file().targets().keySet());
  }

  @Override
  public String remedy(String target) {
    return "it has: "
        + String.join(", ", targets())
        + "; `-Z build-std` builds the library for others";
  }

  @Override
  public List<String> mirrors() throws KilnException {
    return ground.trees().mirrors(toolchain.lock());
  }

  @Override
  public Weight wanted(Collection<String> targets, boolean hasSysroot) throws KilnException {
    var whole = new LinkedHashSet<LockedPackage>();
    var apart = new LinkedHashSet<LockedPackage>();
    for (var what : List.of("rust", "runtime")) {
      if (ground.known("debian-" + what, ground.key(toolchain.rust(), what)).isEmpty()) {
        whole.addAll(toolchain.rust());
      }
    }
    if (hasSysroot) {
      addSysroot(List.of(), whole);
    }
    for (var target : targets) {
      if (target.equals(toolchain.hostTriple())) {
        continue;
      }
      if (hasSysroot || !toolchain.parts(target).isEmpty()) {
        addSysroot(List.of(target), whole);
      }
      var std = toolchain.std(target);
      if (std.isEmpty()) {
        apart.addAll(
            ground.missing(List.of(toolchain.source()), toolchain.file().rust().library()));
      } else if (ground.known("debian-std", ground.key(std, "std " + target)).isEmpty()) {
        apart.addAll(ground.missing(std, LIBRARIES + target));
      }
    }
    apart.addAll(ground.missing(whole, ""));
    return Weight.of(apart);
  }

  private void addSysroot(List<String> targets, Set<LockedPackage> wanted) throws KilnException {
    var packages = toolchain.sysroot(targets, List.of());
    if (ground.known("debian-sysroot", sysrootKey(packages)).isEmpty()) {
      wanted.addAll(packages);
    }
  }

  private String sysrootKey(Collection<LockedPackage> packages) {
    return ground.key(packages, "sysroot " + toolchain.file().sysroot().links());
  }

  @Override
  public Optional<Path> parts(String triple) throws KilnException, InterruptedException {
    return Optional.of(sysroot(List.of(triple), List.of()).root());
  }

  @Override
  public Path library() throws KilnException, InterruptedException {
    var path = toolchain.file().rust().library();
    var object =
        ground
            .trees()
            .require(name() + ", Rust's sources", List.of(toolchain.source()), path)
            .getFirst();
    used.add(object);
    var directory = ground.store().physical(object);
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
    var key = sysrootKey(packages);
    var known = ground.known("debian-sysroot", key);
    if (known.isEmpty()) {
      var tree = ground.merged(ground.trees().require(name() + ", sysroot", packages, ""));
      addLinks(tree);
      var object = ground.store().adopt("sysroot-" + name(), tree, Collections.emptySortedSet());
      ground.memo().keep("debian-sysroot", key, object.baseName());
      known = Optional.of(object);
    }
    used.add(known.get());
    return new HermeticSysroot(ground.store(), known.get());
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
        boolean isTaken = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        if (!isTaken && Files.exists(file.resolveSibling(link.getValue()))) {
          Files.createSymbolicLink(file, tree.getFileSystem().getPath(link.getValue()));
        }
      }
    } catch (IOException e) {
      throw new KilnException("cannot write " + tree, null, e);
    }
  }

  /// Returns the version of the compiler's first package, without Debian's revision.
  private String release() throws KilnException {
    var first = toolchain.file().rust().packages().getFirst();
    var version = toolchain.lock().require(first, toolchain.host()).version();
    return version.replaceFirst("[^0-9.].*", "");
  }
}
