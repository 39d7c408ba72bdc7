package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.manifest.PackageId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The `.crate` files of this machine: kiln's own cache, and Cargo's, which is read only.
///
/// A file here is whole or absent: downloads have another name until their hash was checked.
final class CrateFiles {
  private static final AtomicLong NEXT = new AtomicLong();

  private final Path directory;
  private final List<Path> cargos = new ArrayList<>();

  /// `cargoHome` is where Cargo keeps its downloads, null for none.
  CrateFiles(Path directory, @Nullable Path cargoHome) throws KilnException {
    this.directory = directory;
    try {
      Files.createDirectories(directory);
      sweep();
    } catch (IOException e) {
      throw new KilnException("cannot write the download cache " + directory, null, e);
    }
    var registries = cargoHome == null ? null : cargoHome.resolve("registry").resolve("cache");
    if (registries != null && Files.isDirectory(registries)) {
      try (var entries = Files.newDirectoryStream(registries)) {
        entries.forEach(cargos::add);
      } catch (IOException e) {
        throw new KilnException("cannot read " + registries, null, e);
      }
    }
  }

  /// Deletes what processes that are gone left half done.
  private void sweep() throws IOException {
    try (var entries = Files.newDirectoryStream(directory, ".*.part")) {
      for (var entry : entries) {
        var pid = String.valueOf(entry.getFileName()).split("[.-]", -1)[1];
        if (!pid.matches("[0-9]{1,9}") || ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
          Files.deleteIfExists(entry);
        }
      }
    }
  }

  /// Returns a file with this hash, from kiln's cache or Cargo's.
  Optional<Path> find(PackageId id, Digest checksum) throws KilnException {
    var candidates = new ArrayList<>(List.of(file(id, checksum)));
    for (var cargo : cargos) {
      candidates.add(cargo.resolve(id.name() + "-" + id.version() + ".crate"));
    }
    for (var candidate : candidates) {
      if (Files.isReadable(candidate) && hash(candidate).equals(checksum)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /// Returns a new name for something that is being written.
  Path half() {
    return directory.resolve(
        "." + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet() + ".part");
  }

  /// Gives a finished download its name.
  Path finish(Path half, PackageId id, Digest checksum) throws KilnException {
    var file = file(id, checksum);
    try {
      return Files.move(
          half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new KilnException("cannot write " + file, null, e);
    }
  }

  /// Deletes what did not become a file.
  static void drop(Path half) throws KilnException {
    try {
      Files.deleteIfExists(half);
    } catch (IOException e) {
      throw new KilnException("cannot delete " + half, null, e);
    }
  }

  static Digest hash(Path file) throws KilnException {
    var hash = Digest.messageDigest(HashAlgorithm.SHA256);
    try (var in = new DigestInputStream(Files.newInputStream(file), hash)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new KilnException("cannot read " + file, null, e);
    }
    return new Digest(HashAlgorithm.SHA256, hash.digest());
  }

  private Path file(PackageId id, Digest checksum) {
    return directory.resolve(
        id.name() + "-" + id.version() + "-" + checksum.hex().substring(0, 16) + ".crate");
  }
}
