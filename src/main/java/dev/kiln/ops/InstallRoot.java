package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SortedMap;
import java.util.TreeMap;

/// A directory that programs are installed into: `bin/`, and a file that says which of them kiln
/// put there, so that nobody else's is overwritten.
final class InstallRoot {
  private static final String RECORD = ".kiln-installed.json";

  private final Path root;

  InstallRoot(Path root) {
    this.root = root;
  }

  Path programs() {
    return root.resolve("bin");
  }

  /// Throws where a file of this name is there that the package did not install.
  void requireFree(String program, String pkg) throws KilnException {
    var file = programs().resolve(program);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      var owner = owners().get(program);
      if (owner == null) {
        throw new KilnException(
            "binary `%s` already exists in destination `%s`".formatted(program, programs()),
            "add `--force` to overwrite it");
      }
      if (!owner.equals(pkg)) {
        throw new KilnException(
            "binary `%s` already exists in destination `%s` as part of `%s`"
                .formatted(program, programs(), owner),
            "add `--force` to overwrite it");
      }
    }
  }

  /// Copies a program into place, as one step for whoever runs it meanwhile, and records it.
  void install(String program, Path file, String pkg) throws KilnException {
    var target = programs().resolve(program);
    try {
      Files.createDirectories(programs());
      var fresh = Files.createTempFile(programs(), "." + program, "");
      Files.copy(file, fresh, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      record(program, pkg);
    } catch (IOException e) {
      throw new KilnException(
          "cannot install " + target, "choose another directory with `--root DIR`", e);
    }
  }

  private void record(String program, String pkg) throws IOException, KilnException {
    var owners = owners();
    owners.put(program, pkg);
    var programs = Json.object();
    owners.forEach(programs::put);
    var fresh = Files.createTempFile(root, RECORD, "");
    Files.writeString(fresh, Json.object().put("bin", programs.build()).build().pretty() + "\n");
    Files.move(fresh, root.resolve(RECORD), StandardCopyOption.ATOMIC_MOVE);
  }

  /// Returns the package of each program that kiln installed here.
  private SortedMap<String, String> owners() throws KilnException {
    var owners = new TreeMap<String, String>();
    try {
      var json = Json.parse(Files.readString(root.resolve(RECORD)));
      for (var entry : json.require("bin").asObject().entrySet()) {
        owners.put(entry.getKey(), entry.getValue().asString());
      }
      return owners;
    } catch (NoSuchFileException e) {
      return owners;
    } catch (IOException e) {
      throw new KilnException("cannot read " + root.resolve(RECORD), null, e);
    }
  }
}
