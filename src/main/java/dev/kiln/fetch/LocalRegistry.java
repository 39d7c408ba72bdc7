package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.manifest.PackageId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A directory with an `index` and `NAME-VERSION.crate` files (Cargo: registry/local.rs).
final class LocalRegistry implements Registry {
  private final Path root;

  LocalRegistry(Path root) throws KilnException {
    this.root = root;
    if (!Files.isDirectory(root)) {
      throw new KilnException("local registry path is not a directory: " + root);
    }
    if (!Files.isDirectory(root.resolve("index"))) {
      throw new KilnException("local registry index path is not a directory: " + root + "/index");
    }
  }

  @Override
  public List<Published> published(String name) throws KilnException {
    var file = root.resolve("index").resolve(IndexPath.of(name));
    try {
      return Files.exists(file) ? IndexPath.parse(Files.readString(file)) : List.of();
    } catch (IOException e) {
      throw new KilnException("cannot read the index file " + file, null, e);
    }
  }

  @Override
  public Crate crate(PackageId id, Digest checksum) throws KilnException, InterruptedException {
    var file = root.resolve(id.name() + "-" + id.version() + ".crate");
    if (!Files.isRegularFile(file)) {
      throw new KilnException(
          "no package `" + id + "` in the local registry " + root,
          "put " + file.getFileName() + " there, or add it to the index that you lock against");
    }
    var got = CrateFiles.hash(file);
    if (!got.equals(checksum)) {
      throw mismatch(id, checksum, got);
    }
    return new Crate(file, 0);
  }
}
