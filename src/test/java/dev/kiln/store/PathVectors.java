package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.NarWriter;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.json.Json;
import dev.kiln.ops.store.AddOperation;
import dev.kiln.store.ContentAddress.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.TreeSet;

/// names.json, text-paths.json, fixed-output.json.
final class PathVectors {
  private static final TreeSet<StorePath> NONE = new TreeSet<>();

  private PathVectors() {}

  static int names(Json file, Path scratch) throws Exception {
    var contents = file.require("contents").asString().getBytes(StandardCharsets.UTF_8);
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      var store = Vectors.storeDir(vector, file);
      var name = vector.require("name").asString();
      assertThat(vector.find("path").isPresent())
          .isEqualTo(vector.require("nix_2_8_accepts").asBoolean());
      if (vector.require("current_rule_accepts").asBoolean()) {
        var path = StorePaths.text(store, name, contents, NONE);
        assertThat(store.resolve(path)).isEqualTo(vector.require("path").asString());
        assertThat(store.parse(store.resolve(path))).isEqualTo(path);
      } else {
        assertThatThrownBy(() -> StorePaths.text(store, name, contents, NONE))
            .as(name)
            .isInstanceOf(KilnException.class);
      }
      count++;
    }
    return count;
  }

  static int texts(Json file, Path scratch) throws Exception {
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      var store = Vectors.storeDir(vector, file);
      var contents = Vectors.bytes(vector, "contents");
      var references = Vectors.paths(store, vector.require("references"));
      var name = vector.require("name").asString();
      var address = new ContentAddress(Method.TEXT, Digest.sha256(contents));
      var nar = NarWriter.ofFile(contents, false);
      assertThat(store.resolve(StorePaths.text(store, name, contents, references)))
          .isEqualTo(vector.require("path").asString());
      assertThat(address).hasToString(vector.require("ca").asString());
      assertThat(ContentAddress.parse(address.toString())).isEqualTo(address);
      assertThat(Digest.sha256(nar).sri()).isEqualTo(vector.require("narHash_sri").asString());
      assertThat(nar).hasSize((int) vector.require("narSize").asLong());
      count++;
    }
    return count;
  }

  static int fixed(Json file, Path scratch) throws Exception {
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      var store = Vectors.storeDir(vector, file);
      var hash = HexFormat.of().parseHex(vector.require("hash_base16").asString());
      var address = new ContentAddress(method(vector), new Digest(algorithm(vector), hash));
      var name = vector.require("name").asString();
      var path = StorePaths.contentAddressed(store, name, address, NONE, false);
      assertThat(store.resolve(path)).isEqualTo(vector.require("path").asString());
      count++;
    }
    var root = scratch.resolve("s");
    try {
      var store = Store.open(root, Vectors.storeDir(file, file));
      for (var vector : file.require("content").asArray()) {
        fixedContent(vector, store, scratch.resolve("tree-" + count));
        count++;
      }
    } finally {
      TestStores.delete(root);
    }
    return count;
  }

  private static void fixedContent(Json vector, Store store, Path tree) throws Exception {
    Vectors.makeTree(tree, vector.require("tree"));
    var adding = new AddOperation(store);
    var name = vector.require("name").asString();
    var method = method(vector);
    var algorithm = algorithm(vector);
    if (!vector.require("accepted").asBoolean()) {
      assertThatThrownBy(() -> adding.add(name, tree, method, algorithm))
          .isInstanceOf(KilnException.class);
      return;
    }
    var path = adding.add(name, tree, method, algorithm);
    adding.finish();
    assertThat(Vectors.facts(store.storeDir(), store.requireInfo(path)))
        .as("%s by %s %s", vector.require("label").asString(), method, algorithm)
        .isEqualTo(Vectors.facts(vector));
  }

  private static Method method(Json vector) throws KilnException {
    return switch (vector.require("method").asString()) {
      case "flat" -> Method.FLAT;
      case "recursive" -> Method.NAR;
      default -> throw new KilnException("unknown method in " + vector.compact());
    };
  }

  private static HashAlgorithm algorithm(Json vector) throws KilnException {
    return HashAlgorithm.find(vector.require("algo").asString()).orElseThrow();
  }
}
