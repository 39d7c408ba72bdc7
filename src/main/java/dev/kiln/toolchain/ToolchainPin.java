package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.manifest.Nearest;
import dev.kiln.toml.TomlFile;
import dev.kiln.toml.TomlTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What `rust-toolchain(.toml)`, an override of rustup's or `RUSTUP_TOOLCHAIN` asks for (rustup:
/// config.rs, `OverrideFile`): a channel by its name, empty for the default one, or the directory
/// of a toolchain; and the components and targets that go with it.
///
/// Components are what the profile has besides rustc and the standard library, and those that are
/// listed, as far as kiln has a use for them.
public record ToolchainPin(
    String channel,
    @Nullable Path directory,
    String because,
    List<String> components,
    List<String> targets) {
  private static final Map<String, List<String>> PROFILES =
      Map.of(
          "minimal", List.of(),
          "default", List.of("clippy", "rustfmt"),
          "complete", List.of("clippy", "rust-src", "rustfmt"));

  public ToolchainPin {
    components = List.copyOf(components);
    targets = List.copyOf(targets);
  }

  /// Returns the pin of a channel alone.
  static ToolchainPin of(String channel, String because) {
    return new ToolchainPin(channel, null, because, List.of(), List.of());
  }

  /// Reads a toolchain file: TOML, or in `rust-toolchain` one line with the channel.
  static ToolchainPin read(Path file) throws KilnException {
    var because = "asked for by " + file;
    var text = TomlFile.readText(file);
    if (file.endsWith("rust-toolchain") && text.lines().count() <= 1 && !text.contains("[")) {
      return of(text.strip(), because);
    }
    var table = TomlFile.parse(file, text).root().table("toolchain");
    if (table == null) {
      throw new KilnException(file + " has no table `[toolchain]`");
    }
    var channel = table.string("channel");
    var path = table.string("path");
    if (path != null && channel != null) {
      throw new KilnException(
          "cannot specify both channel ("
              + channel
              + ") and path ("
              + path
              + ") simultaneously in "
              + file);
    }
    if (path != null) {
      return new ToolchainPin(path, file.resolveSibling(path), because, List.of(), List.of());
    }
    if (table.isEmpty()) {
      throw new KilnException(
          table.place() + ": `[toolchain]` names no toolchain", "give it a `channel` or a `path`");
    }
    return new ToolchainPin(
        channel == null ? "" : channel,
        null,
        because,
        components(table),
        strings(table, "targets"));
  }

  private static List<String> components(TomlTable table) throws KilnException {
    var profile = table.string("profile");
    var components = new ArrayList<>(strings(table, "components"));
    if (profile != null) {
      var ofProfile = PROFILES.get(profile);
      if (ofProfile == null) {
        throw new KilnException(
            table.place()
                + ": unknown profile name: '"
                + profile
                + "'; valid profile names are: minimal, default, complete",
            Nearest.to(profile, PROFILES.keySet())
                .map(near -> "did you mean `" + near + "`?")
                .orElse(null));
      }
      ofProfile.stream().filter(name -> !components.contains(name)).forEach(components::add);
    }
    return components;
  }

  private static List<String> strings(TomlTable table, String key) throws KilnException {
    return Optional.ofNullable(table.strings(key)).orElse(List.of());
  }

  /// Says whether a rustc that rustup does not manage is what was asked for: the same release, the
  /// same minor release, or a stable one for `stable`; any where no channel is named.
  boolean isSatisfiedBy(RustcVersion version) {
    return directory == null
        && (channel.isEmpty()
            || version.release().equals(channel)
            || (channel.equals("stable") && !version.release().contains("-"))
            || (channel.matches("[0-9]+\\.[0-9]+") && version.release().startsWith(channel + ".")));
  }
}
