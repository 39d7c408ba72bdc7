package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.InstalledRustc;
import dev.kiln.toolchain.Toolchain;
import dev.kiln.toolchain.ToolchainImport;
import dev.kiln.toolchain.debian.LockedPackage;
import dev.kiln.toolchain.debian.PackageLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// A toolchain of a Rust distribution: components by their hashes, from any server that has them.
public final class DistSupply implements Supply {
  /// What a toolchain object is made of, where the lock has it.
  private static final List<String> COMPILER = List.of("rustc", "rust-std", "clippy");

  private final SupplyGround ground;
  private final PackageLock lock;
  private final String host;
  private final SortedSet<StorePath> used = new TreeSet<>();

  DistSupply(SupplyGround ground, PackageLock lock, String host) {
    this.ground = ground;
    this.lock = lock;
    this.host = host;
  }

  /// Returns what it is made of.
  PackageLock lock() {
    return lock;
  }

  @Override
  public String name() {
    return ground.name();
  }

  @Override
  public Toolchain compiler() throws KilnException, InterruptedException {
    var packages = components();
    var key = ground.key(packages, "rust");
    var known = ground.known("dist-rust", key);
    if (known.isEmpty()) {
      var tree = ground.merged(ground.trees().require(name() + ", compiler", packages, ""));
      var object =
          new ToolchainImport(ground.store(), ground.memo()).copy(tree, host, "rust-" + release());
      ground.memo().keep("dist-rust", key, object.baseName());
      known = Optional.of(object);
    }
    used.add(known.get());
    return ground.toolchain(known.get(), List.of());
  }

  private List<LockedPackage> components() throws KilnException {
    var packages = new ArrayList<LockedPackage>();
    for (var component : COMPILER) {
      var found = lock.find(component, host);
      if (found.isPresent()) {
        packages.add(found.get());
      } else if (!component.equals("clippy")) {
        throw missing(component, host);
      }
    }
    return packages;
  }

  @Override
  public InstalledRustc rustc() throws KilnException, InterruptedException {
    return ground.rustc(compiler(), List.of());
  }

  @Override
  public Optional<StorePath> std(String triple) throws KilnException, InterruptedException {
    var found = lock.find("rust-std", triple);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    var packages = List.of(found.get());
    var key = ground.key(packages, "std");
    var known = ground.known("dist-std", key);
    if (known.isEmpty()) {
      var what = name() + ", standard library for " + triple;
      var tree = ground.merged(ground.trees().require(what, packages, ""));
      var object =
          new ToolchainImport(ground.store(), ground.memo())
              .copyStd(tree, triple, "rust-std-" + release() + "-" + triple);
      ground.memo().keep("dist-std", key, object.baseName());
      known = Optional.of(object);
    }
    used.add(known.get());
    return known;
  }

  @Override
  public boolean buildsStd(String triple) {
    return false;
  }

  @Override
  public Path library() throws KilnException, InterruptedException {
    var source = lock.find("rust-src", "*").orElseThrow(() -> missing("rust-src", "any target"));
    var object =
        ground.trees().require(name() + ", Rust's sources", List.of(source), "").getFirst();
    used.add(object);
    var library = ground.store().physical(object).resolve("lib/rustlib/src/rust/library");
    if (!Files.isDirectory(library)) {
      throw new KilnException("the component rust-src of `" + name() + "` has no library/");
    }
    return library;
  }

  @Override
  public SortedSet<String> targets() {
    var targets = new TreeSet<String>();
    lock.packages().stream()
        .filter(pkg -> pkg.name().equals("rust-std"))
        .forEach(pkg -> targets.add(pkg.architecture()));
    return targets;
  }

  @Override
  public String remedy(String target) {
    return "run `kiln toolchain install "
        + name()
        + " --target "
        + target
        + "` (where the file is the workspace's: add it to `targets` and run `kiln toolchain lock "
        + name()
        + "`), or build with `--toolchain debian-12`";
  }

  @Override
  public List<String> mirrors() throws KilnException {
    return ground.trees().mirrors(lock);
  }

  @Override
  public Weight wanted(Collection<String> targets, boolean hasSysroot) throws KilnException {
    var wanted = new ArrayList<LockedPackage>();
    var compiler = components();
    if (ground.known("dist-rust", ground.key(compiler, "rust")).isEmpty()) {
      wanted.addAll(ground.missing(compiler, ""));
    }
    for (var target : targets) {
      var std = lock.find("rust-std", target).stream().toList();
      if (!target.equals(host) && ground.known("dist-std", ground.key(std, "std")).isEmpty()) {
        wanted.addAll(ground.missing(std, ""));
      }
    }
    return Weight.of(wanted);
  }

  @Override
  public Optional<Path> parts(String triple) {
    return Optional.empty();
  }

  @Override
  public SortedSet<StorePath> used() {
    return Collections.unmodifiableSortedSet(used);
  }

  private KilnException missing(String component, String target) {
    return new KilnException(
        "the toolchain `" + name() + "` has no " + component + " for " + target,
        "install it: `kiln toolchain install " + name() + "` takes --component and --target");
  }

  private String release() throws KilnException {
    return lock.require("rustc", host).version();
  }
}
