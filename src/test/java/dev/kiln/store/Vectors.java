package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.archive.FileNames;
import dev.kiln.digest.ByteString;
import dev.kiln.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/// Reads the values that the vector files have in common.
final class Vectors {
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
        Files.setPosixFilePermissions(place, permissions(mode));
      }
      case "symlink" -> FileNames.createLink(place, ByteString.of(bytes(node, "target")));
      case "directory" -> {
        Files.createDirectory(place);
        for (var entry : node.require("entries").asArray()) {
          var name = ByteString.of(bytes(entry, "name"));
          makeTree(FileNames.resolve(place, name), entry.require("node"));
        }
      }
      default -> throw new IOException("unknown type in " + node.compact());
    }
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
