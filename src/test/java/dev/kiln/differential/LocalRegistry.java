package dev.kiln.differential;

import dev.kiln.digest.Digest;
import dev.kiln.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// Writes crates as Cargo's `local-registry` source has them: an index, and `.crate` files; or as
/// its `directory` source has them, unpacked.
final class LocalRegistry {
  private LocalRegistry() {}

  static void write(Path directory, List<Crate> crates) throws IOException {
    for (var crate : crates) {
      var archive = archive(crate);
      Files.createDirectories(directory);
      Files.write(directory.resolve(crate.name + "-" + crate.version + ".crate"), archive);
      var index = directory.resolve("index").resolve(place(crate.name));
      Files.createDirectories(index.getParent());
      Files.writeString(
          index,
          entry(crate, archive).compact() + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }

  /// Returns the files of a `directory` source by path.
  static SortedMap<String, String> directory(List<Crate> crates) throws IOException {
    var files = new TreeMap<String, String>();
    for (var crate : crates) {
      var folder = crate.name + "-" + crate.version + "/";
      files.put(folder + "Cargo.toml", crate.manifest());
      crate.sources().forEach((path, text) -> files.put(folder + path, text));
      var checksum =
          Json.object()
              .put("files", Json.object().build())
              .put("package", Digest.sha256(archive(crate)).hex());
      files.put(folder + ".cargo-checksum.json", checksum.build().compact());
    }
    return files;
  }

  private static String place(String name) {
    return switch (name.length()) {
      case 1 -> "1/" + name;
      case 2 -> "2/" + name;
      case 3 -> "3/" + name.charAt(0) + "/" + name;
      default -> name.substring(0, 2) + "/" + name.substring(2, 4) + "/" + name;
    };
  }

  private static byte[] archive(Crate crate) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      var root = crate.name + "-" + crate.version + "/";
      add(tar, root + "Cargo.toml", crate.manifest());
      for (var source : crate.sources().entrySet()) {
        add(tar, root + source.getKey(), source.getValue());
      }
    }
    return bytes.toByteArray();
  }

  private static void add(TarArchiveOutputStream tar, String name, String text) throws IOException {
    var content = text.getBytes(StandardCharsets.UTF_8);
    var entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setModTime(0);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static Json entry(Crate crate, byte[] archive) {
    var needs = crate.needs.stream().map(LocalRegistry::need).toList();
    var line =
        Json.object()
            .put("name", crate.name)
            .put("vers", crate.version)
            .put("deps", Json.array(needs))
            .put("cksum", Digest.sha256(archive).hex())
            .put("features", Json.object().build())
            .put("features2", features(crate.features))
            .put("v", 2)
            .put("yanked", false);
    if (!crate.links.isEmpty()) {
      line.put("links", crate.links);
    }
    return line.build();
  }

  private static Json features(SortedMap<String, List<String>> features) {
    var json = Json.object();
    features.forEach((name, values) -> json.put(name, Json.strings(values)));
    return json.build();
  }

  private static Json need(Crate.Need need) {
    var json =
        Json.object()
            .put("name", need.key())
            .put("req", need.requirement())
            .put("features", Json.strings(new ArrayList<>(need.features())))
            .put("optional", need.optional())
            .put("default_features", need.defaults())
            .put(
                "target",
                need.platform().isEmpty()
                    ? new Json.Null()
                    : Json.of(need.platform().replace("'", "")))
            .put("kind", need.kind().startsWith("build") ? "build" : "normal");
    if (!need.key().equals(need.on().name)) {
      json.put("package", need.on().name);
    }
    return json.build();
  }
}
