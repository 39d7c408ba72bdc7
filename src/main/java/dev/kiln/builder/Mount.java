package dev.kiln.builder;

import dev.kiln.store.StorePath;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// One thing that a builder sees at an absolute sandbox path.
///
/// A mount may lie below another one: in a writable one anywhere, in a read-only one only where it
/// has a file or directory to mount over. Everything but [Host] names store objects, never physical
/// paths, so that a request can run elsewhere (design D13). Nothing is writable except in an
/// [Output], [OutputParent] or [Scratch], and in `/dev/shm`; every builder gives `/proc` and a
/// minimal `/dev` itself.
public sealed interface Mount {
  /// The absolute sandbox path.
  String at();

  /// A whole store object, or one entry `inside` it (empty for the object itself), read-only.
  record Tree(String at, StorePath object, String inside) implements Mount {}

  /// One flat read-only directory composed of single files of store objects: locally, hard links.
  record Links(String at, List<Link> links) implements Mount {
    public Links {
      links = List.copyOf(links);
    }
  }

  /// A writable directory, empty at first but for `beside`, that becomes the output `name`.
  ///
  /// `beside` lets rustc's output directory be the directory that it finds its dependencies in, as
  /// Cargo's `deps` is: each entry appears in it as a read-only view (locally, a symbolic link into
  /// a read-only farm of hard links), and none of them is part of the output.
  record Output(String at, String name, List<Link> beside) implements Mount {
    public Output {
      beside = List.copyOf(beside);
    }
  }

  /// A writable directory, empty at first but for [Tree] mounts below it, in which the builder
  /// makes its outputs itself, as files, directories or links: Nix's store directory.
  ///
  /// `entries` maps the name of each entry that is an output to the output's name. What else the
  /// builder leaves there is thrown away.
  record OutputParent(String at, SortedMap<String, String> entries) implements Mount {
    public OutputParent {
      entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }
  }

  /// A file or directory of this host, read-only: the impure sysroot, and the live workspace.
  record Host(String at, Path source) implements Mount {}

  /// A small read-only file with this text, such as `/etc/passwd` or `/build/cargo/bin/cargo`.
  record Text(String at, String text, boolean executable) implements Mount {}

  /// A fresh writable directory that is thrown away afterwards, such as HOME or /tmp: its
  /// permission bits, and small files in it at first, by name, which are the builder's own as all
  /// else there.
  record Scratch(String at, int mode, SortedMap<String, String> files) implements Mount {
    private static final int COMMON = 0755;

    public Scratch {
      files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    public Scratch(String at) {
      this(at, COMMON, new TreeMap<>());
    }
  }

  /// A symbolic link, such as `/bin` to `usr/bin`.
  record Symlink(String at, String target) implements Mount {}

  /// The file `path` (relative, `/`-separated) of a store object, seen under `name`.
  record Link(String name, StorePath object, String path) {}
}
