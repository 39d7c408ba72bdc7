package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.KilnException;
import dev.kiln.archive.FileNames;
import dev.kiln.archive.SmallFile;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.json.Json;
import dev.kiln.store.ContentAddress.Method;
import dev.kiln.store.format.SelfHash;
import dev.kiln.store.format.Trust;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Reads the values that the vector files have in common.
final class Vectors {
  private static final Set<String> FACTS =
      Set.of(
          "path",
          "narHash_sri",
          "narSize",
          "narHash_nix32",
          "references",
          "ca",
          "deriver",
          "ultimate",
          "signatures");

  private Vectors() {}

  static StoreDir storeDir(Json object, Json file) throws KilnException {
    return new StoreDir(object.find("store_dir").orElse(file.require("store_dir")).asString());
  }

  /// Returns the bytes of `NAME_base64` or `NAME_gzip_base64`.
  static byte[] bytes(Json object, String name) throws Exception {
    var plain = object.find(name + "_base64");
    if (plain.isPresent()) {
      return base64(plain.get());
    }
    var packed = new ByteArrayInputStream(base64(object.require(name + "_gzip_base64")));
    return new GZIPInputStream(packed).readAllBytes();
  }

  static byte[] base64(Json text) throws KilnException {
    return Base64.getDecoder().decode(text.asString());
  }

  /// Returns the bytes of a file of a cache: `text` or `base64`.
  static byte[] file(Json file) throws KilnException {
    var text = file.find("text");
    return text.isPresent()
        ? text.get().asString().getBytes(StandardCharsets.UTF_8)
        : base64(file.require("base64"));
  }

  /// Returns an array of full paths.
  static SortedSet<StorePath> paths(StoreDir store, Json array) throws KilnException {
    var paths = new TreeSet<StorePath>();
    for (var path : array.asStrings()) {
      paths.add(store.parse(path));
    }
    return paths;
  }

  /// Returns what kiln knows of a path, in the fields in which the vectors have what Nix knows.
  static Json facts(StoreDir store, PathInfo info) {
    var facts =
        Json.object()
            .put("path", store.resolve(info.path()))
            .put("narHash_sri", info.narHash().sri())
            .put("narSize", info.narSize())
            .put("narHash_nix32", info.narHash().prefixedNix32())
            .put(
                "references",
                Json.strings(info.references().stream().map(store::resolve).toList()));
    var ca = info.ca();
    if (ca != null) {
      facts.put("ca", ca);
    }
    var deriver = info.deriver();
    if (deriver != null) {
      facts.put("deriver", store.resolve(deriver));
    }
    if (info.ultimate()) {
      facts.put("ultimate", true);
    }
    if (!info.signatures().isEmpty()) {
      facts.put("signatures", Json.strings(info.signatures()));
    }
    return facts.build();
  }

  /// Returns the same fields of a vector that has others too.
  static Json facts(Json vector) throws KilnException {
    var facts = new LinkedHashMap<>(vector.asObject());
    facts.keySet().retainAll(FACTS);
    return new Json.Obj(facts);
  }

  /// Returns the content address that gives a path, null where it is named by its inputs.
  static @Nullable String address(
      StoreDir store, StorePath path, SortedSet<StorePath> references, byte[] nar)
      throws Exception {
    var self = new SelfHash(HashAlgorithm.SHA256, path.hashPart());
    self.write(nar);
    var possible = new ArrayList<>(List.of(new ContentAddress(Method.NAR, self.digest())));
    var file = SmallFile.take(new ByteArrayInputStream(nar));
    if (file != null && !file.executable()) {
      possible.add(new ContentAddress(Method.TEXT, Digest.sha256(file.contents().bytes())));
    }
    for (var address : possible) {
      var info =
          new PathInfo(
              path,
              Digest.sha256(nar),
              nar.length,
              references,
              null,
              Instant.EPOCH,
              false,
              List.of(),
              address.toString());
      if (Trust.isContentAddressed(store, info)) {
        return address.toString();
      }
    }
    return null;
  }

  static String mode(Path path) throws IOException {
    var mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return "%04o".formatted(mode & 07777);
  }

  static long modified(Path path) throws IOException {
    return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toMillis() / 1000;
  }

  static byte[] contents(Json node) throws Exception {
    var repeated = node.find("contents_repeat");
    if (repeated.isEmpty()) {
      return bytes(node, "contents");
    }
    var unit = new String(base64(repeated.get().require("base64")), StandardCharsets.ISO_8859_1);
    return unit.repeat((int) repeated.get().require("times").asLong())
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Makes a file system object, with the modes that the vector gives.
  static void makeTree(Path place, Json node) throws Exception {
    switch (node.require("type").asString()) {
      case "regular" -> {
        Files.write(place, contents(node));
        var mode = Integer.parseInt(node.require("mode").asString(), 8);
        assertThat(node.require("executable").asBoolean()).isEqualTo((mode & 0100) != 0);
        Files.setPosixFilePermissions(place, permissions(mode));
      }
      case "symlink" -> FileNames.createLink(place, name(node, "target"));
      case "directory" -> {
        Files.createDirectory(place);
        for (var entry : node.require("entries").asArray()) {
          makeTree(FileNames.resolve(place, name(entry, "name")), entry.require("node"));
        }
      }
      default -> throw new IOException("unknown type in " + node.compact());
    }
  }

  /// Returns the bytes of `FIELD_base64`; `FIELD` says the same where it is there.
  private static ByteString name(Json node, String field) throws Exception {
    var name = ByteString.of(bytes(node, field));
    var text = node.find(field);
    assertThat(text.isPresent() ? text.get().asString() : null)
        .isEqualTo(name.findUtf8().orElse(null));
    return name;
  }

  static Set<PosixFilePermission> permissions(int mode) {
    var permissions = EnumSet.noneOf(PosixFilePermission.class);
    var bit = 0400;
    for (var permission : PosixFilePermission.values()) {
      if ((mode & bit) != 0) {
        permissions.add(permission);
      }
      bit >>= 1;
    }
    return permissions;
  }
}
