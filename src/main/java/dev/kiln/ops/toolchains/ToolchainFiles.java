package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Finds `toolchains/NAME.toml` and `NAME.lock`: the workspace's, then the user's, then those that
/// come with kiln.
public final class ToolchainFiles {
  private static final List<String> SHIPPED = List.of("debian-12");
  private static final String FILE = ".toml";
  private static final String LOCK = ".lock";

  private final List<Path> directories;

  /// `directory` is the workspace's or the working directory, `config` kiln's configuration.
  public ToolchainFiles(Path directory, Path config) {
    this.directories = List.of(directory.resolve("toolchains"), config.resolve("toolchains"));
  }

  /// A file and where it lies.
  public record Found(String place, String text) {}

  /// Returns the names of all toolchain files.
  public SortedSet<String> names() throws KilnException {
    var names = new TreeSet<>(SHIPPED);
    for (var directory : directories) {
      if (Files.isDirectory(directory)) {
        try (var entries = Files.newDirectoryStream(directory, "*" + FILE)) {
          for (var entry : entries) {
            var name = String.valueOf(entry.getFileName());
            names.add(name.substring(0, name.length() - FILE.length()));
          }
        } catch (IOException e) {
          throw new KilnException("cannot read " + directory, null, e);
        }
      }
    }
    return names;
  }

  /// Returns the file of a toolchain, where there is one of that name.
  public Optional<Found> find(String name) throws KilnException {
    return name.matches("[A-Za-z0-9][A-Za-z0-9._+-]*") ? read(name, FILE) : Optional.empty();
  }

  /// Returns the file of a toolchain; where there is none, the failure names those that there are.
  public Found require(String name) throws KilnException {
    var found = find(name);
    if (found.isEmpty()) {
      throw new KilnException(
          "there is no toolchain file `" + name + "`",
          "the files are: " + String.join(", ", names()));
    }
    return found.get();
  }

  /// Returns the lock of a toolchain.
  public Found lock(String name) throws KilnException {
    return read(name, LOCK)
        .orElseThrow(() ->
            new KilnException(
                "the toolchain `" + name + "` has no lock",
                "run `kiln toolchain lock " + name + "`"));
  }

  /// Returns where a renewed lock goes: beside the file, or to the user's files for one that comes
  /// with kiln.
  public Path lockFile(String name) {
    for (var directory : directories) {
      if (Files.exists(directory.resolve(name + FILE))) {
        return directory.resolve(name + LOCK);
      }
    }
    return directories.getLast().resolve(name + LOCK);
  }

  /// Returns where a toolchain file of the user's goes.
  Path ofUser(String name) {
    return directories.getLast().resolve(name + FILE);
  }

  /// Deletes the user's file and lock of a toolchain; answers whether there was one.
  boolean forget(String name) throws KilnException {
    var lock = directories.getLast().resolve(name + LOCK);
    try {
      boolean hadLock = Files.deleteIfExists(lock);
      return Files.deleteIfExists(ofUser(name)) || hadLock;
    } catch (IOException e) {
      throw new KilnException("cannot delete " + lock, null, e);
    }
  }

  private Optional<Found> read(String name, String suffix) throws KilnException {
    for (var directory : directories) {
      var file = directory.resolve(name + suffix);
      if (Files.exists(file)) {
        return Optional.of(new Found(file.toString(), TomlFile.readText(file)));
      }
    }
    if (!SHIPPED.contains(name)) {
      return Optional.empty();
    }
    var resource = "/dev/kiln/toolchains/" + name + suffix;
    try (InputStream in = ToolchainFiles.class.getResourceAsStream(resource)) {
      return in == null
          ? Optional.empty()
          : Optional.of(
              new Found(
                  "kiln's own " + name + suffix,
                  new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new KilnException("cannot read kiln's own " + name + suffix, null, e);
    }
  }
}
