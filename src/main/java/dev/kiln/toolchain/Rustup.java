package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlFile;
import dev.kiln.toml.TomlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Rustup's choice of a toolchain, read from its files (rustup: config.rs, `find_override_config`).
///
/// `RUSTUP_TOOLCHAIN` first; then, for each directory upwards, `rustup override` and
/// `rust-toolchain` or `rust-toolchain.toml`; then the default toolchain.
final class Rustup {
  /// An installed toolchain.
  record Toolchain(String name, Path directory) {}

  private static final String TRIPLE = "[a-z][a-z0-9_]*(-[a-z0-9_]+){2,3}";

  private final RustcChoice choice;
  private final TomlReader toml;
  private boolean settingsRead;
  private @Nullable TomlFile settings;

  Rustup(RustcChoice choice, TomlReader toml) {
    this.choice = choice;
    this.toml = toml;
  }

  /// Says whether a program is rustup under another name: a symbolic or hard link, or a copy.
  static boolean isProxy(Path program) throws KilnException {
    try {
      var name = String.valueOf(program.toRealPath().getFileName());
      var rustup = program.resolveSibling("rustup");
      return name.equals("rustup")
          || name.equals("rustup-init")
          || (Files.exists(rustup)
              && (Files.isSameFile(program, rustup) || Files.size(program) == Files.size(rustup)));
    } catch (IOException e) {
      throw new KilnException("cannot read " + program, null, e);
    }
  }

  /// Returns the toolchain that a proxy run in the directory would run.
  Toolchain active() throws KilnException {
    var pin = findPin();
    return pin.isPresent() ? resolve(pin.get()) : fallback();
  }

  private Toolchain fallback() throws KilnException {
    var fallback = setting("default_toolchain");
    if (fallback == null) {
      throw new KilnException(
          "rustup has no default toolchain", "run `rustup default stable` to install one");
    }
    return require(fallback, "rustup's default");
  }

  /// Returns what a variable, an override or a toolchain file asks for.
  Optional<ToolchainPin> findPin() throws KilnException {
    var variable = choice.variable("RUSTUP_TOOLCHAIN");
    if (!variable.isEmpty()) {
      return Optional.of(
          new ToolchainPin(
              variable,
              variable.contains("/") ? choice.directory().resolve(variable) : null,
              "RUSTUP_TOOLCHAIN",
              List.of(),
              List.of()));
    }
    for (var at = choice.directory(); at != null; at = at.getParent()) {
      var override = override(at);
      if (override != null) {
        return Optional.of(ToolchainPin.of(override, "`rustup override` for " + at));
      }
      for (var name : List.of("rust-toolchain", "rust-toolchain.toml")) {
        var file = at.resolve(name);
        if (Files.isRegularFile(file)) {
          return Optional.of(ToolchainPin.read(file));
        }
      }
    }
    return Optional.empty();
  }

  Toolchain resolve(ToolchainPin pin) throws KilnException {
    var directory = pin.directory();
    if (directory != null) {
      return new Toolchain(pin.channel(), directory.normalize());
    }
    return pin.channel().isEmpty() ? fallback() : require(pin.channel(), pin.because());
  }

  /// Returns an installed toolchain by its full name or its channel.
  Toolchain require(String name, String because) throws KilnException {
    var toolchains = home().resolve("toolchains");
    var exact = toolchains.resolve(name);
    if (Files.isDirectory(exact)) {
      return new Toolchain(name, real(exact));
    }
    var host = setting("default_host_triple");
    if (host != null && Files.isDirectory(toolchains.resolve(name + "-" + host))) {
      return new Toolchain(name + "-" + host, real(toolchains.resolve(name + "-" + host)));
    }
    var found = new ArrayList<String>();
    if (Files.isDirectory(toolchains)) {
      try (var entries = Files.newDirectoryStream(toolchains)) {
        for (var entry : entries) {
          var installed = String.valueOf(entry.getFileName());
          if (installed.startsWith(name + "-")
              && installed.substring(name.length() + 1).matches(TRIPLE)
              && Files.isDirectory(entry)) {
            found.add(installed);
          }
        }
      } catch (IOException e) {
        throw new KilnException("cannot read " + toolchains, null, e);
      }
    }
    if (found.size() != 1) {
      throw new KilnException(
          "the toolchain `"
              + name
              + "` ("
              + because
              + ") "
              + (found.isEmpty()
                  ? "is not installed"
                  : "is ambiguous: " + String.join(", ", found)),
          found.isEmpty()
              ? "run `rustup toolchain install %s` or `kiln toolchain install %s`, or choose another"
                      .formatted(name, name)
                  + " with `--toolchain`"
              : "name one of them in full");
    }
    return new Toolchain(found.getFirst(), real(toolchains.resolve(found.getFirst())));
  }

  private Path home() {
    var home = choice.variable("RUSTUP_HOME");
    return home.isEmpty()
        ? choice.directory().resolve(choice.variable("HOME")).resolve(".rustup")
        : choice.directory().resolve(home);
  }

  private @Nullable String setting(String key) throws KilnException {
    var settings = settings();
    return settings == null ? null : settings.root().string(key);
  }

  private @Nullable String override(Path directory) throws KilnException {
    var settings = settings();
    var overrides = settings == null ? null : settings.root().table("overrides");
    return overrides == null ? null : overrides.string(directory.toString());
  }

  private @Nullable TomlFile settings() throws KilnException {
    if (!settingsRead) {
      var file = home().resolve("settings.toml");
      settings = Files.isRegularFile(file) ? toml.read(file) : null;
      settingsRead = true;
    }
    return settings;
  }

  private static Path real(Path directory) throws KilnException {
    try {
      return directory.toRealPath();
    } catch (IOException e) {
      throw new KilnException("cannot read " + directory, null, e);
    }
  }
}
