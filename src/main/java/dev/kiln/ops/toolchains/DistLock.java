package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.fetch.Downloads;
import dev.kiln.toolchain.debian.LockedPackage;
import dev.kiln.toolchain.debian.PackageLock;
import dev.kiln.toolchain.dist.ChannelManifest;
import dev.kiln.toolchain.dist.DistFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/// Pins a toolchain of a Rust distribution by the manifest of its channel, which must have the hash
/// that the file beside it says.
final class DistLock {
  private DistLock() {}

  static PackageLock make(DistFile file, Mirrors mirrors, Downloads downloads, Path staging)
      throws KilnException, InterruptedException {
    var address = mirrors.require("rust") + "/" + file.manifest();
    var manifest = staging.resolve("channel.toml");
    var got = downloads.get("the manifest of " + file.channel(), URI.create(address), manifest);
    if (got.isEmpty()) {
      throw new KilnException(
          "the distribution has no channel `" + file.channel() + "`: " + address + " is not there",
          "channels are named as rustup names them: stable, 1.95.0, nightly-2026-01-31");
    }
    requireHash(address, got.get(), downloads, staging.resolve("channel.toml.sha256"));
    try {
      var lock = file.lock(ChannelManifest.parse(manifest, Files.readString(manifest)));
      return withSizes(lock, mirrors.require("rust"), downloads);
    } catch (IOException e) {
      throw new KilnException("cannot read " + manifest, null, e);
    }
  }

  /// A manifest says of no file how large it is, and users are told that before it is fetched.
  private static PackageLock withSizes(PackageLock lock, String server, Downloads downloads)
      throws KilnException, InterruptedException {
    var sized = new ArrayList<LockedPackage>();
    for (var pkg : lock.packages()) {
      long size = downloads.size(URI.create(server + "/" + pkg.file()));
      sized.add(
          new LockedPackage(
              pkg.name(),
              pkg.architecture(),
              pkg.version(),
              pkg.archive(),
              pkg.file(),
              size,
              pkg.unpacked(),
              pkg.sha256(),
              pkg.needs()));
    }
    return new PackageLock(sized);
  }

  private static void requireHash(String address, Digest hash, Downloads downloads, Path file)
      throws KilnException, InterruptedException {
    var beside = address + ".sha256";
    if (downloads.get("the hash of a manifest", URI.create(beside), file).isEmpty()) {
      throw new KilnException("there is no " + beside, "name another server");
    }
    try {
      if (!Files.readString(file).strip().startsWith(hash.hex())) {
        throw new KilnException(
            address + " does not have the hash that " + beside + " says",
            "the server may be changing just now: try again later");
      }
    } catch (IOException e) {
      throw new KilnException("cannot read " + file, null, e);
    }
  }
}
