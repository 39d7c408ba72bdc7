package dev.kiln.builder;

import dev.kiln.store.StorePath;
import java.nio.file.Path;
import java.util.List;

/// One thing that a builder sees at an absolute sandbox path.
///
/// Everything but [Host] names store objects, never physical paths, so that a request can run
/// elsewhere (design D13). Nothing below a mount is writable except in an [Output].
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

  /// A file or directory of this host, read-only: the impure sysroot, and the live workspace.
  record Host(String at, Path source) implements Mount {}

  /// A small read-only file with this text, such as `/etc/passwd` or `/build/cargo/bin/cargo`.
  record Text(String at, String text, boolean executable) implements Mount {}

  /// A fresh writable directory that is thrown away afterwards, such as HOME or /tmp.
  record Scratch(String at) implements Mount {}

  /// A symbolic link, such as `/bin` to `usr/bin`.
  record Symlink(String at, String target) implements Mount {}

  /// The file `path` (relative, `/`-separated) of a store object, seen under `name`.
  record Link(String name, StorePath object, String path) {}
}
