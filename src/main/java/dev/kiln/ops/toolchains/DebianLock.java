package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.archive.Compression;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.fetch.Downloads;
import dev.kiln.ops.Settings;
import dev.kiln.process.Captured;
import dev.kiln.process.Command;
import dev.kiln.toolchain.debian.DebianFile;
import dev.kiln.toolchain.debian.DebianToolchain;
import dev.kiln.toolchain.debian.PackageIndex;
import dev.kiln.toolchain.debian.PackageLock;
import dev.kiln.toolchain.debian.Release;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Pins a toolchain of Debian packages: `InRelease`, whose signature gpgv checks, has the hashes of
/// `Packages`, and those have the packages' hashes.
final class DebianLock {
  private final Settings settings;
  private final Downloads downloads;
  private final Mirrors mirrors;
  private final DebianFile.Archive archive;
  private final Path staging;

  private DebianLock(
      Settings settings,
      Downloads downloads,
      Mirrors mirrors,
      DebianFile.Archive archive,
      Path staging) {
    this.settings = settings;
    this.downloads = downloads;
    this.mirrors = mirrors;
    this.archive = archive;
    this.staging = staging;
  }

  static PackageLock make(
      Settings settings,
      DebianFile file,
      Mirrors mirrors,
      Downloads downloads,
      Path staging,
      EventSink events)
      throws KilnException, InterruptedException {
    var indices = new TreeMap<String, PackageIndex>();
    for (var architecture : DebianToolchain.architectures(file)) {
      indices.put(architecture, new PackageIndex(architecture));
    }
    var lists = new DebianLock(settings, downloads, mirrors, file.archive(), staging);
    for (var suite : file.archive().suites()) {
      events.accept(new BuildEvent.Status("Reading", "the lists of " + suite));
      lists.read(suite, indices);
    }
    return DebianToolchain.lock(file, indices);
  }

  private static String archive(String suite) {
    return suite.endsWith("-security") ? "debian-security" : "debian";
  }

  private void read(String suite, Map<String, PackageIndex> indices)
      throws KilnException, InterruptedException {
    var base = mirrors.require(archive(suite)) + "/dists/" + suite + "/";
    var release = release(suite, base);
    for (var component : archive.components()) {
      for (var index : indices.entrySet()) {
        var path = component + "/binary-" + index.getKey() + "/Packages.xz";
        var entry =
            release
                .find(path)
                .orElseThrow(() -> new KilnException("the suite " + suite + " has no " + path));
        var file = staging.resolve(suite + "-" + component + "-" + index.getKey() + ".xz");
        var got = downloads.get("the list of " + suite, URI.create(base + path), file);
        if (got.isEmpty() || !got.get().equals(entry.sha256())) {
          throw new KilnException(
              base + path + " is not the file that the archive's signed list names",
              "the mirror may be changing just now: try again later, or name another one");
        }
        try (var reader =
            new BufferedReader(
                new InputStreamReader(
                    Compression.XZ.decompress(Files.newInputStream(file)),
                    StandardCharsets.UTF_8))) {
          index.getValue().add(archive(suite), reader);
        } catch (IOException e) {
          throw new KilnException("cannot read " + file, null, e);
        }
      }
    }
  }

  /// Fetches the signed list and lets gpgv take the signature off.
  private Release release(String suite, String base) throws KilnException, InterruptedException {
    var signed = staging.resolve(suite + ".InRelease");
    if (downloads.get("the lists of " + suite, URI.create(base + "InRelease"), signed).isEmpty()) {
      throw new KilnException(
          base + "InRelease does not exist", "name a mirror that has the suite " + suite);
    }
    var keyring = settings.cwd().resolve("/").resolve(archive.keyring());
    if (!Files.isReadable(keyring)) {
      throw new KilnException(
          "the keys that sign for the archive are not on this machine: " + keyring,
          "install them: on Debian and Ubuntu `apt-get install debian-archive-keyring`");
    }
    var plain = staging.resolve(suite + ".Release");
    var argv =
        List.of(
            "gpgv",
            "--keyring",
            keyring.toString(),
            "--output",
            plain.toString(),
            signed.toString());
    var checked = gpgv(argv);
    if (checked.exit().code() != 0) {
      throw new KilnException(
          "the signature of " + base + "InRelease does not hold",
          "see what gpgv says below; an old keyring lacks new keys: update debian-archive-keyring",
          new KilnException(checked.stderr().strip()));
    }
    var release = Release.parse(read(plain));
    if (!release.codename().equals(suite)) {
      throw new KilnException(
          base + "InRelease is for the suite " + release.codename() + " and not " + suite);
    }
    if (release.isOutdated(settings.clock().instant())) {
      throw new KilnException(
          base + "InRelease is no longer valid: the archive has a newer one",
          "name a mirror that is kept up to date, or set this machine's clock");
    }
    return release;
  }

  private Captured gpgv(List<String> argv) throws KilnException, InterruptedException {
    try {
      return new Command(argv, settings.cwd(), settings.environment()).capture();
    } catch (KilnException e) {
      throw new KilnException(
          "cannot check the archive's signature: gpgv does not run",
          "install it: on Debian and Ubuntu `apt-get install gpgv`",
          e);
    }
  }

  private static String read(Path file) throws KilnException {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new KilnException("cannot read " + file, null, e);
    }
  }
}
