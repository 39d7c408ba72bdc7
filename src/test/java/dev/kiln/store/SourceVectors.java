package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.NarReader;
import dev.kiln.archive.NarWriter;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.json.Json;
import dev.kiln.ops.store.AddOperation;
import dev.kiln.store.ContentAddress.Method;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;

/// source-paths.json, nar.json.
final class SourceVectors {
  private SourceVectors() {}

  static int sources(Json file, Path scratch) throws Exception {
    var root = scratch.resolve("s");
    var count = 0;
    try {
      var store = Store.open(root, Vectors.storeDir(file, file));
      for (var vector : file.require("cases").asArray()) {
        source(store, vector, Files.createDirectory(scratch.resolve("source-" + count)));
        count++;
      }
    } finally {
      TestStores.delete(root);
    }
    return count;
  }

  private static void source(Store store, Json vector, Path place) throws Exception {
    var label = vector.require("label").asString();
    var name = vector.require("name").asString();
    var tree = place.resolve("tree");
    Vectors.makeTree(tree, vector.require("tree"));
    var path = store.addTree(name, tree, new TreeSet<>());
    var info = store.requireInfo(path);
    assertThat(Vectors.facts(store.storeDir(), info)).as(label).isEqualTo(Vectors.facts(vector));
    assertThat(info.narHash().hex()).isEqualTo(vector.require("narHash_base16").asString());
    assertThat(NarWriter.hash(tree).hash()).isEqualTo(info.narHash());
    assertThat(NarWriter.contents(tree).narHash()).isEqualTo(info.narHash());
    var sha512 = vector.find("nar_sha512_base16");
    if (sha512.isPresent()) {
      assertThat(NarWriter.hash(tree, HashAlgorithm.SHA512).hash().hex())
          .isEqualTo(sha512.get().asString());
    }
    comesBack(vector, tree, place.resolve("back"));
    var inStore = vector.find("in_store");
    if (inStore.isPresent()) {
      assertThat(inStore(store.physical(path))).isEqualTo(inStore.get());
    }
    var flat = vector.find("flat");
    if (flat.isPresent()) {
      var adding = new AddOperation(store);
      var file = adding.add(name, tree, Method.FLAT, HashAlgorithm.SHA256);
      adding.finish();
      assertThat(Vectors.facts(store.storeDir(), store.requireInfo(file))).isEqualTo(flat.get());
    }
  }

  /// The NAR of a large tree is left out: its hashes speak for it.
  private static void comesBack(Json vector, Path tree, Path place) throws Exception {
    var nar = dump(tree);
    if (vector.find("nar_base64").isPresent() || vector.find("nar_gzip_base64").isPresent()) {
      assertThat(nar).isEqualTo(Vectors.bytes(vector, "nar"));
    }
    assertThat(NarReader.restore(new ByteArrayInputStream(nar), place)).isEqualTo(nar.length);
    assertThat(dump(place)).isEqualTo(nar);
  }

  private static byte[] dump(Path tree) throws Exception {
    var dumped = new ByteArrayOutputStream();
    assertThat(NarWriter.dump(tree, dumped)).isEqualTo(dumped.size());
    return dumped.toByteArray();
  }

  /// Says the modes and times of a directory and its files, as the vectors do.
  private static Json inStore(Path directory) throws Exception {
    var files = Json.object();
    for (var name : new TreeSet<>(StoreProcess.names(directory))) {
      var file = directory.resolve(name);
      files.put(
          name,
          Json.object()
              .put("mode", Vectors.mode(file))
              .put("mtime", Vectors.modified(file))
              .build());
    }
    return Json.object()
        .put("dir_mode", Vectors.mode(directory))
        .put("dir_mtime", Vectors.modified(directory))
        .put("files", files.build())
        .build();
  }

  static int nars(Json file, Path scratch) throws Exception {
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      nar(vector, scratch.resolve("nar-" + count));
      count++;
    }
    return count;
  }

  /// What current Nix accepts, Nix 2.8 did too.
  private static void nar(Json vector, Path place) throws Exception {
    var nar = Vectors.bytes(vector, "nar");
    var in = new ByteArrayInputStream(nar);
    var label = vector.require("label").asString();
    var before = vector.require("nix_2_8").asString();
    assertThat(before).isEqualTo(vector.find("nix_2_8_error").isPresent() ? "reject" : "accept");
    switch (vector.require("required_verdict").asString()) {
      case "accept" -> {
        assertThat(before).as(label).isEqualTo("accept");
        var size = (int) NarReader.restore(in, place);
        assertThat(dump(place)).as(label).isEqualTo(Arrays.copyOf(nar, size));
      }
      case "reject" -> {
        assertThatThrownBy(() -> NarReader.restore(in, place))
            .as(label)
            .isInstanceOf(KilnException.class);
        assertThat(Files.exists(place, LinkOption.NOFOLLOW_LINKS)).as(label).isFalse();
      }
      default -> throw new AssertionError("unknown verdict on " + label);
    }
  }
}
