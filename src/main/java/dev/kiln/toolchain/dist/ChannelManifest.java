package dev.kiln.toolchain.dist;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.toml.TomlFile;
import dev.kiln.toml.TomlTable;
import dev.kiln.toolchain.debian.LockedPackage;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A `channel-rust-*.toml` of version 2: every component of a Rust release, for every target.
public final class ChannelManifest {
  private final TomlTable root;

  private ChannelManifest(TomlTable root) {
    this.root = root;
  }

  /// Parses a manifest's text; `path` names it in messages.
  public static ChannelManifest parse(Path path, String text) throws KilnException {
    var root = TomlFile.parse(path, text).root();
    var version = root.string("manifest-version");
    if (!"2".equals(version)) {
      throw new KilnException(
          path.getFileName() + " is not a manifest of version 2, but of " + version,
          "name a server of Rust's distribution of today");
    }
    return new ChannelManifest(root);
  }

  /// Returns the release of a component: `1.95.0 (59807616e 2026-04-14)`.
  public String version(String component) throws KilnException {
    var version = pkg(component).string("version");
    return version == null ? "" : version;
  }

  /// Returns the file of a component for a target, or for all targets where it is the same for all.
  public LockedPackage require(String component, String target) throws KilnException {
    var targets = pkg(component).table("target");
    var found = targets == null ? null : targets.table(target);
    if (found == null && targets != null) {
      found = targets.table("*");
    }
    if (found == null || !Boolean.TRUE.equals(found.bool("available"))) {
      var others = new TreeSet<String>(targets == null ? List.of() : targets.keys());
      throw new KilnException(
          "the distribution has no `" + component + "` for " + target,
          others.contains("*") || others.size() > 40
              ? "see `rustc --print target-list` for the names of targets"
              : "it has it for: " + String.join(", ", others));
    }
    var xz = found.string("xz_url");
    var url = xz == null ? found.string("url") : xz;
    var hash = xz == null ? found.string("hash") : found.string("xz_hash");
    return new LockedPackage(
        component, target, release(component), "rust", path(url), 0, 0, digest(hash), List.of());
  }

  private String release(String component) throws KilnException {
    var words = version(component).split(" ", -1);
    return words[0].isEmpty() ? "0" : words[0];
  }

  /// Returns the path below the distribution's root: mirrors keep the paths and not the names of
  /// servers (rustup: `utils::path_in_dist`).
  private String path(@Nullable String url) throws KilnException {
    if (url == null) {
      throw root.failure("a component names no file");
    }
    var path = URI.create(url).getPath();
    int dist = path.indexOf("/dist/");
    return dist < 0 ? path.substring(1) : path.substring(dist + 1);
  }

  private Digest digest(@Nullable String hex) throws KilnException {
    try {
      return new Digest(HashAlgorithm.SHA256, HexFormat.of().parseHex(String.valueOf(hex)));
    } catch (IllegalArgumentException e) {
      throw root.failure("a component's file has no SHA-256");
    }
  }

  /// Returns a component's table, under its new name where it was renamed (`rustfmt` is
  /// `rustfmt-preview`).
  private TomlTable pkg(String component) throws KilnException {
    var renames = root.table("renames");
    var renamed = renames == null ? null : renames.table(component);
    var to = renamed == null ? null : renamed.string("to");
    var packages = root.table("pkg");
    var found = packages == null ? null : packages.table(to == null ? component : to);
    if (found == null) {
      var names = new ArrayList<String>(packages == null ? List.of() : packages.keys());
      throw new KilnException(
          "the distribution has no component `" + component + "`",
          "its components are: " + String.join(", ", names));
    }
    return found;
  }
}
