package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A sysroot that is one store object: a root file system with a merged `/usr`. Its name is its
/// fingerprint, and builders see nothing of the machine.
public final class HermeticSysroot implements Sysroots {
  private final StorePath object;
  private final Path root;

  /// A sysroot whose object is in the store.
  public HermeticSysroot(Store store, StorePath object) {
    this.object = object;
    this.root = store.physical(object);
  }

  /// Returns the tree.
  public StorePath object() {
    return object;
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public Sysroot read() throws KilnException {
    var directories = new ArrayList<Sysroot.Directory>();
    var links = new ArrayList<Sysroot.Link>();
    try (var entries = Files.newDirectoryStream(root)) {
      for (var entry : entries) {
        var at = "/" + entry.getFileName();
        if (Files.isSymbolicLink(entry)) {
          links.add(new Sysroot.Link(at, Files.readSymbolicLink(entry).toString()));
        } else if (at.equals("/etc")) {
          addEntries(entry, directories);
        } else {
          directories.add(new Sysroot.Directory(at, entry));
        }
      }
    } catch (IOException e) {
      throw new KilnException("cannot read the sysroot " + root, null, e);
    }
    var compiler = root.resolve("usr/bin/cc");
    return new Sysroot(
        directories,
        links,
        fingerprint(""),
        Programs.isProgram(compiler) ? compiler : null,
        "add a C compiler to the packages of the sysroot's file");
  }

  /// `/etc` itself is the sandbox's, which writes files of its own there.
  private static void addEntries(Path etc, List<Sysroot.Directory> directories) throws IOException {
    try (var entries = Files.newDirectoryStream(etc)) {
      for (var entry : entries) {
        if (!Files.isSymbolicLink(entry)) {
          directories.add(new Sysroot.Directory("/etc/" + entry.getFileName(), entry));
        }
      }
    }
  }

  /// Tools of the sysroot are in its name already; others count by their contents and are the
  /// user's own affair.
  @Override
  public Digest fingerprint(Sysroot read, List<Path> tools) throws KilnException {
    var others = new StringBuilder();
    for (var tool : tools) {
      if (!tool.startsWith(root)) {
        try {
          others.append(Digest.sha256(Files.readAllBytes(tool)).hex()).append('\n');
        } catch (IOException e) {
          throw new KilnException("cannot read " + tool, null, e);
        }
      }
    }
    return others.isEmpty() ? read.fingerprint() : fingerprint(others.toString());
  }

  private Digest fingerprint(String others) {
    var text = "hermetic sysroot " + object.baseName() + "\n" + others;
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
  }
}
