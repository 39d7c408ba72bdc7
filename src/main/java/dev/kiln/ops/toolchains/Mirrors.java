package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where packages are downloaded from: what the user says (`[mirrors]` in kiln's `config.toml`, or
/// KILN_DEBIAN_MIRROR), else what apt on this machine uses. No server's name comes with kiln.
public final class Mirrors {
  private final Path root;
  private final Path config;
  private final Map<String, String> environment;

  /// `root` is the machine's root directory, `config` kiln's own configuration directory.
  public Mirrors(Path root, Path config, Map<String, String> environment) {
    this.root = root;
    this.config = config;
    this.environment = environment;
  }

  /// Returns the address of an archive such as `debian` or `debian-security`, or of the server of
  /// Rust's distribution (`rust`), without a last slash.
  public String require(String archive) throws KilnException {
    var configured = configured(archive);
    if (configured != null) {
      return trimmed(configured);
    }
    if (archive.equals("rust")) {
      return rust();
    }
    var variable = environment.getOrDefault("KILN_DEBIAN_MIRROR", "");
    if (!variable.isEmpty()) {
      var base = trimmed(variable);
      return archive.equals("debian") ? base : base.replaceFirst("/debian$", "") + "/" + archive;
    }
    return apt().stream()
        .map(Mirrors::trimmed)
        .filter(address -> address.endsWith("/" + archive))
        .findFirst()
        .orElseThrow(() ->
            new KilnException(
                "no mirror of the archive `" + archive + "` is known",
                "name one: `[mirrors]` with `"
                    + archive
                    + " = \"https://…/"
                    + archive
                    + "\"` in "
                    + config.resolve("config.toml")
                    + ", or set KILN_DEBIAN_MIRROR to the address of a Debian mirror"));
  }

  private String rust() throws KilnException {
    var server = environment.getOrDefault("RUSTUP_DIST_SERVER", "");
    if (server.isEmpty()) {
      throw new KilnException(
          "no server of Rust's distribution is known",
          "set RUSTUP_DIST_SERVER to its address, or write `[mirrors]` with `rust = \"https://…\"`"
              + " in "
              + config.resolve("config.toml"));
    }
    return trimmed(server);
  }

  private @Nullable String configured(String archive) throws KilnException {
    var file = config.resolve("config.toml");
    if (!Files.exists(file)) {
      return null;
    }
    var mirrors = TomlFile.read(file).root().table("mirrors");
    return mirrors == null ? null : mirrors.string(archive);
  }

  private static String trimmed(String address) {
    return address.replaceFirst("/+$", "");
  }

  /// Returns the addresses in apt's lists, in both of their forms.
  private List<String> apt() throws KilnException {
    var found = new ArrayList<String>();
    var directory = root.resolve("etc/apt");
    var files = new ArrayList<>(List.of(directory.resolve("sources.list")));
    var parts = directory.resolve("sources.list.d");
    try {
      if (Files.isDirectory(parts)) {
        try (var entries = Files.newDirectoryStream(parts, "*.{list,sources}")) {
          entries.forEach(files::add);
        }
      }
      files.sort(null);
      for (var file : files) {
        if (Files.isReadable(file)) {
          Files.readAllLines(file).forEach(line -> addresses(line, found));
        }
      }
    } catch (IOException e) {
      throw new KilnException("cannot read apt's sources in " + directory, null, e);
    }
    return found;
  }

  private static void addresses(String line, List<String> found) {
    var text = line.strip();
    if (text.startsWith("deb ") || text.startsWith("URIs:")) {
      for (var word : text.split("\\s+", -1)) {
        if (word.matches("(https?|file)://?.*")) {
          found.add(URI.create(word).normalize().toString());
        }
      }
    }
  }
}
