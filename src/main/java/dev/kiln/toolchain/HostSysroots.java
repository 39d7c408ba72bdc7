package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.memo.Memo;
import dev.kiln.memo.Stamp;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Looks at the machine's root directory and fingerprints its C toolchain.
///
/// The fingerprint is over contents, so that equal machines share results; it is remembered by the
/// stamps of the files that it is over.
public final class HostSysroots implements Sysroots {
  private static final List<String> ROOTS =
      List.of("bin", "lib", "lib32", "lib64", "libx32", "sbin", "usr");

  /// What compilers and build scripts read of /etc: where `cc` leads, and the dynamic linker's.
  private static final List<String> ETC =
      List.of("etc/alternatives", "etc/ld.so.cache", "etc/ld.so.conf", "etc/ld.so.conf.d");

  /// Files that only the compiler driver can find.
  private static final List<String> START_FILES =
      List.of(
          "crt1.o",
          "Scrt1.o",
          "rcrt1.o",
          "crti.o",
          "crtn.o",
          "crtbegin.o",
          "crtbeginS.o",
          "crtend.o",
          "crtendS.o",
          "libc.so.6",
          "libc.so",
          "libc_nonshared.a",
          "libm.so.6",
          "libgcc.a",
          "libgcc_s.so.1");

  private static final List<String> DRIVEN_PROGRAMS = List.of("cc1", "collect2", "as", "ld");

  private final Path root;
  private final Memo memo;
  private final Runner runner;

  /// Looks below a root directory, which is `/` but for tests.
  public HostSysroots(Path root, Memo memo, Runner runner) {
    this.root = root;
    this.memo = memo;
    this.runner = runner;
  }

  /// Returns the directory that is looked below.
  @Override
  public Path root() {
    return root;
  }

  /// Returns the host's sysroot; without a C compiler too.
  @Override
  public Sysroot read() throws KilnException, InterruptedException {
    var directories = new ArrayList<Sysroot.Directory>();
    var links = new ArrayList<Sysroot.Link>();
    try {
      for (var name : ROOTS) {
        var path = root.resolve(name);
        if (Files.isSymbolicLink(path)) {
          links.add(new Sysroot.Link("/" + name, Files.readSymbolicLink(path).toString()));
        } else if (Files.isDirectory(path)) {
          directories.add(new Sysroot.Directory("/" + name, path));
        }
      }
      for (var name : ETC) {
        var path = root.resolve(name);
        if (Files.exists(path)) {
          directories.add(new Sysroot.Directory("/" + name, path));
        }
      }
      var compiler = program("cc");
      return new Sysroot(directories, links, fingerprint(compiler), compiler, installHint());
    } catch (IOException e) {
      throw new KilnException("cannot read the host's C toolchain", null, e);
    }
  }

  /// Returns the fingerprint of the host together with further tools: their files, and what those
  /// of them that drive a compiler take.
  @Override
  public Digest fingerprint(Sysroot host, List<Path> tools)
      throws KilnException, InterruptedException {
    if (tools.isEmpty()) {
      return host.fingerprint();
    }
    try {
      var places = new TreeMap<String, Path>();
      for (var source : tools) {
        places.put("cross " + source, source.toRealPath());
        if (source.toString().endsWith("gcc")) {
          driven(source)
              .forEach(line -> places.put("driven " + line, root.resolve(line.substring(1))));
        }
      }
      return remembered("cross-fingerprint", places, host.fingerprint().hex() + "\n");
    } catch (IOException e) {
      throw new KilnException("cannot read the tools for a cross build", null, e);
    }
  }

  private @Nullable Path program(String name) {
    for (var entry : Sysroot.SEARCH_PATH.split(":", -1)) {
      var file = root.resolve(entry.substring(1)).resolve(name);
      if (Programs.isProgram(file)) {
        return file;
      }
    }
    return null;
  }

  private String installHint() {
    var packages =
        List.of(
            List.of("apt-get", "run `apt-get install gcc libc6-dev`"),
            List.of("dnf", "run `dnf install gcc glibc-devel`"),
            List.of("apk", "run `apk add gcc musl-dev`"),
            List.of("pacman", "run `pacman -S gcc`"),
            List.of("zypper", "run `zypper install gcc glibc-devel`"));
    return packages.stream()
        .filter(manager -> program(manager.getFirst()) != null)
        .map(List::getLast)
        .findFirst()
        .orElse("install a C compiler and the C library's headers");
  }

  private Digest fingerprint(@Nullable Path compiler)
      throws KilnException, InterruptedException, IOException {
    return remembered("host-fingerprint", places(compiler), "");
  }

  /// Returns the digest of a text and files' contents, which are read when a stamp has changed.
  private Digest remembered(String kind, SortedMap<String, Path> places, String above)
      throws IOException {
    var stamps = new StringBuilder(above);
    for (var place : places.entrySet()) {
      stamps.append(place.getKey()).append(' ').append(Stamp.of(place.getValue())).append('\n');
    }
    var known = memo.find(kind, stamps.toString());
    if (known.isPresent()) {
      return new Digest(HashAlgorithm.SHA256, HexFormat.of().parseHex(known.get()));
    }
    var text = new StringBuilder(above);
    for (var place : places.entrySet()) {
      text.append(place.getKey()).append(' ').append(contents(place.getValue())).append('\n');
    }
    var fingerprint = Digest.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
    memo.keep(kind, stamps.toString(), fingerprint.hex());
    return fingerprint;
  }

  /// Returns the files that the fingerprint is over, by name.
  private SortedMap<String, Path> places(@Nullable Path compiler)
      throws KilnException, InterruptedException, IOException {
    var places = new TreeMap<String, Path>();
    for (var name : List.of("cc", "ld", "as", "ar", "sh", "pkg-config", "make")) {
      var program = program(name);
      if (program != null) {
        places.put("program " + name, program.toRealPath());
      }
    }
    if (compiler != null) {
      driven(compiler)
          .forEach(line -> places.put("driven " + line, root.resolve(line.substring(1))));
    }
    for (var database :
        List.of(
            "var/lib/dpkg/status",
            "var/lib/rpm/rpmdb.sqlite",
            "usr/lib/sysimage/rpm/rpmdb.sqlite",
            "lib/apk/db/installed",
            "var/lib/pacman/local")) {
      var path = root.resolve(database);
      if (Files.exists(path)) {
        places.put("packages " + database, path);
      }
    }
    return places;
  }

  /// Returns the real paths of what the driver takes, asked once as long as the driver and the
  /// directories of compilers stay the same.
  private SortedSet<String> driven(Path compiler)
      throws KilnException, InterruptedException, IOException {
    var watched = new StringBuilder(compiler + "\n" + compiler.toRealPath() + "\n");
    watched.append(Stamp.of(compiler));
    for (var directory : List.of("usr/bin", "usr/local/bin", "usr/lib/gcc")) {
      watched.append('\n').append(Stamp.of(root.resolve(directory)));
    }
    var key = watched.toString();
    var known = memo.find("host-compiler", key);
    if (known.isEmpty()) {
      var found = new TreeSet<String>();
      for (var name : DRIVEN_PROGRAMS) {
        ask(compiler, "-print-prog-name=" + name).ifPresent(found::add);
      }
      for (var name : START_FILES) {
        ask(compiler, "-print-file-name=" + name).ifPresent(found::add);
      }
      known = Optional.of(String.join("\n", found));
      memo.keep("host-compiler", key, known.get());
    }
    var lines = new TreeSet<String>();
    known.get().lines().forEach(lines::add);
    return lines;
  }

  /// Asks a driver for a file's place; empty where it knows none (it then repeats the name).
  private Optional<String> ask(Path compiler, String question)
      throws KilnException, InterruptedException, IOException {
    var environment = new TreeMap<String, String>();
    environment.put("LC_ALL", "C");
    environment.put("PATH", Sysroot.SEARCH_PATH);
    var answer =
        runner.run(new Runner.Question(List.of(compiler.toString(), question), environment, root));
    var line = answer.out().strip();
    if (answer.exit() != 0 || !line.startsWith("/") || line.contains("\n")) {
      return Optional.empty();
    }
    var file = root.resolve(line.substring(1));
    return Files.isRegularFile(file)
        ? Optional.of("/" + root.relativize(file.toRealPath()))
        : Optional.empty();
  }

  private static String contents(Path place) throws IOException {
    if (Files.isDirectory(place)) {
      var names = new TreeSet<String>();
      try (var entries = Files.newDirectoryStream(place)) {
        entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
      }
      return sha256(String.join("\n", names));
    }
    if (place.endsWith("var/lib/dpkg/status")) {
      return sha256(String.join("\n", debianPackages(place)));
    }
    var hash = Digest.messageDigest(HashAlgorithm.SHA256);
    try (var in = new DigestInputStream(Files.newInputStream(place), hash)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  /// Returns name, version and architecture of the installed packages, not what else dpkg notes.
  private static SortedSet<String> debianPackages(Path status) throws IOException {
    var packages = new TreeSet<String>();
    for (var stanza : Files.readString(status).split("\n\n", -1)) {
      var fields = new TreeMap<String, String>();
      stanza
          .lines()
          .filter(line -> !line.startsWith(" ") && line.contains(": "))
          .forEach(line -> {
            int colon = line.indexOf(": ");
            fields.put(line.substring(0, colon), line.substring(colon + 2));
          });
      if (fields.getOrDefault("Status", "").endsWith(" installed")) {
        packages.add(
            fields.get("Package") + " " + fields.get("Version") + " " + fields.get("Architecture"));
      }
    }
    return packages;
  }

  private static String sha256(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
