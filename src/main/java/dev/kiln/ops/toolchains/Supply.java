package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.InstalledRustc;
import dev.kiln.toolchain.Toolchain;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// A toolchain that a file describes, of which each part is brought into the store when a build
/// first asks for it.
public sealed interface Supply permits DebianSupply, DistSupply, ImportedSupply {
  /// Returns the toolchain's name.
  String name();

  /// Returns the compiler with the host's standard library, as an object like every toolchain.
  Toolchain compiler() throws KilnException, InterruptedException;

  /// Returns the compiler as an installed one: the object, where it lies in the store.
  InstalledRustc rustc() throws KilnException, InterruptedException;

  /// Returns the object with a target's standard library alone; empty where there is none.
  Optional<StorePath> std(String triple) throws KilnException, InterruptedException;

  /// Says whether a standard library that is not there is built from Rust's sources without being
  /// asked.
  boolean buildsStd(String triple);

  /// Returns the directory `library/` of Rust's own sources.
  Path library() throws KilnException, InterruptedException;

  /// Returns a root file system with the start files and libraries of a target; empty where the
  /// toolchain brings none.
  Optional<Path> parts(String triple) throws KilnException, InterruptedException;

  /// Returns the targets that programs can be built for, the host among them.
  SortedSet<String> targets();

  /// Returns how the standard library of a target that is none of them is to be had.
  String remedy(String target);

  /// Returns where parts are downloaded from; none where all is in the store.
  List<String> mirrors() throws KilnException;

  /// Returns what has to be downloaded before the first build for targets; `hasSysroot` says that
  /// the toolchain's own sysroot is built with.
  Weight wanted(Collection<String> targets, boolean hasSysroot) throws KilnException;

  /// Returns every object that was asked for.
  SortedSet<StorePath> used();
}
