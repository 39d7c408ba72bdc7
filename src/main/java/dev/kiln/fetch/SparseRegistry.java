package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.json.Json;
import dev.kiln.manifest.PackageId;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A registry over HTTP: index files, and downloads by the `dl` template of its `config.json`
/// (Cargo: registry/http_remote.rs, download.rs).
final class SparseRegistry implements Registry {
  private final String index;
  private final Network network;
  private @Nullable String template;

  SparseRegistry(String index, Network network) {
    this.index = index;
    this.network = network;
  }

  @Override
  public List<Published> published(String name) throws KilnException, InterruptedException {
    network.require("look up `" + name + "` in " + index);
    return parsed(text(index + IndexPath.of(name)));
  }

  @Override
  public List<Published> glance(String name) throws KilnException, InterruptedException {
    network.require("look up `" + name + "` in " + index);
    return parsed(text(index + IndexPath.of(name), 0));
  }

  private static List<Published> parsed(Optional<String> file) {
    return file.isEmpty() ? List.of() : IndexPath.parse(file.get());
  }

  @Override
  public Crate crate(PackageId id, Digest checksum) throws KilnException, InterruptedException {
    var files = network.files();
    var cached = files.find(id, checksum);
    if (cached.isPresent()) {
      return new Crate(cached.get(), 0);
    }
    network.require("download `" + id + "`");
    var uri = uri(expand(template(), id, checksum));
    var half = files.half();
    try {
      for (int left = 1; ; left--) {
        var got = network.http().get(uri, () -> Files.newOutputStream(half));
        if (!got.isSuccess()) {
          throw new KilnException(
              "failed to download `" + id + "` from `" + uri + "`",
              got.status() == 404 ? "check that the registry has this version" : null,
              new KilnException("the server answered " + got.status()));
        }
        if (got.digest().equals(checksum)) {
          return new Crate(files.finish(half, id, checksum), got.size());
        }
        if (left == 0) {
          throw mismatch(id, checksum, got.digest());
        }
      }
    } finally {
      CrateFiles.drop(half);
    }
  }

  /// Returns the `dl` template, asked for once.
  private synchronized String template() throws KilnException, InterruptedException {
    var known = template;
    if (known == null) {
      var place = index + "config.json";
      var text =
          text(place)
              .orElseThrow(() ->
                  new KilnException(
                      "the registry at " + index + " has no config.json",
                      "check the URL of the registry's index"));
      try {
        known = Json.parse(text).require("dl").asString();
      } catch (KilnException e) {
        throw new KilnException("cannot read " + place, null, e);
      }
      template = known;
    }
    return known;
  }

  /// Fills a template in; one without markers means `/{crate}/{version}/download` after it.
  static String expand(String template, PackageId id, Digest checksum) {
    var markers = List.of("{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}");
    var full =
        markers.stream().anyMatch(template::contains)
            ? template
            : template + "/{crate}/{version}/download";
    var name = id.name();
    return full.replace("{crate}", name)
        .replace("{version}", id.version().toString())
        .replace("{prefix}", IndexPath.prefix(name))
        .replace("{lowerprefix}", IndexPath.prefix(name.toLowerCase(Locale.ROOT)))
        .replace("{sha256-checksum}", checksum.hex());
  }

  /// Returns a small file of the index; empty where there is none.
  private Optional<String> text(String place) throws KilnException, InterruptedException {
    return text(place, network.retries());
  }

  private Optional<String> text(String place, int retries)
      throws KilnException, InterruptedException {
    var bytes = new ByteArrayOutputStream();
    var got =
        network
            .http()
            .get(
                uri(place),
                () -> {
                  bytes.reset();
                  return bytes;
                },
                retries);
    return switch (got.status()) {
      case 200 -> Optional.of(bytes.toString(StandardCharsets.UTF_8));
      case 404, 410, 451 -> Optional.empty();
      default ->
          throw new KilnException(
              "failed to fetch `" + place + "`: the server answered " + got.status(),
              got.status() == 401 || got.status() == 403
                  ? "registries that want a token cannot be used; vendor the crates instead"
                  : null);
    };
  }

  private static URI uri(String text) throws KilnException {
    try {
      var uri = new URI(text);
      if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
        throw new KilnException("cannot download from `" + text + "`: only http and https");
      }
      return uri;
    } catch (URISyntaxException e) {
      throw new KilnException("invalid url `" + text + "`", null, e);
    }
  }
}
