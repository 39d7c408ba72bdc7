package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.NarReader;
import dev.kiln.archive.NarWriter;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.json.Json;
import dev.kiln.store.ContentAddress.Method;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.TreeSet;

/// names.json, text-paths.json, source-paths.json, fixed-output.json, nar.json.
final class PathVectors {
  private static final TreeSet<StorePath> NONE = new TreeSet<>();

  private PathVectors() {}

  static int names(Json file, Path scratch) throws Exception {
    var contents = file.require("contents").asString().getBytes(StandardCharsets.UTF_8);
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      var store = Vectors.storeDir(vector, file);
      var name = vector.require("name").asString();
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

  static int sources(Json file, Path scratch) throws Exception {
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      var store = Vectors.storeDir(vector, file);
      var name = vector.require("name").asString();
      var tree = scratch.resolve("tree-" + count);
      Vectors.makeTree(tree, vector.require("tree"));
      var contents = NarWriter.contents(tree);
      var narHash = contents.narHash();
      var path = StorePaths.source(store, name, narHash, NONE, false);
      assertThat(narHash).isEqualTo(NarWriter.hash(tree).hash());
      assertThat(narHash.sri())
          .as(vector.require("label").asString())
          .isEqualTo(vector.require("narHash_sri").asString());
      assertThat(narHash.prefixedNix32()).isEqualTo(vector.require("narHash_nix32").asString());
      assertThat(contents.narSize()).isEqualTo(vector.require("narSize").asLong());
      assertThat(store.resolve(path)).isEqualTo(vector.require("path").asString());
      assertThat(new ContentAddress(Method.NAR, narHash))
          .hasToString(vector.require("ca").asString());
      var sha512 = vector.find("nar_sha512_base16");
      if (sha512.isPresent()) {
        assertThat(NarWriter.hash(tree, HashAlgorithm.SHA512).hash().hex())
            .isEqualTo(sha512.get().asString());
        comesBack(tree, Vectors.bytes(vector, "nar"), scratch.resolve("back-" + count));
      }
      flat(vector, store, name);
      count++;
    }
    return count;
  }

  private static void comesBack(Path tree, byte[] nar, Path place) throws Exception {
    var dumped = new ByteArrayOutputStream();
    assertThat(NarWriter.dump(tree, dumped)).isEqualTo(nar.length);
    assertThat(dumped.toByteArray()).isEqualTo(nar);
    assertThat(NarReader.restore(new ByteArrayInputStream(nar), place)).isEqualTo(nar.length);
    var again = new ByteArrayOutputStream();
    NarWriter.dump(place, again);
    assertThat(again.toByteArray()).isEqualTo(nar);
  }

  private static void flat(Json vector, StoreDir store, String name) throws Exception {
    var flat = vector.find("flat");
    if (flat.isEmpty()) {
      return;
    }
    var contents = Vectors.contents(vector.require("tree"));
    var address = new ContentAddress(Method.FLAT, Digest.sha256(contents));
    var path = StorePaths.contentAddressed(store, name, address, NONE, false);
    assertThat(store.resolve(path)).isEqualTo(flat.get().require("path").asString());
    assertThat(address).hasToString(flat.get().require("ca").asString());
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
    for (var vector : file.require("content").asArray()) {
      fixedContent(vector, Vectors.storeDir(vector, file), scratch.resolve("tree-" + count));
      count++;
    }
    return count;
  }

  private static void fixedContent(Json vector, StoreDir store, Path tree) throws Exception {
    Vectors.makeTree(tree, vector.require("tree"));
    var algorithm = algorithm(vector);
    var isFile = Files.isRegularFile(tree, LinkOption.NOFOLLOW_LINKS);
    if (method(vector) == Method.FLAT && !isFile) {
      assertThat(vector.require("accepted").asBoolean()).isFalse();
      return;
    }
    var hash =
        method(vector) == Method.FLAT
            ? new Digest(
                algorithm, Digest.messageDigest(algorithm).digest(Files.readAllBytes(tree)))
            : NarWriter.hash(tree, algorithm).hash();
    var address = new ContentAddress(method(vector), hash);
    var name = vector.require("name").asString();
    var path = StorePaths.contentAddressed(store, name, address, NONE, false);
    assertThat(store.resolve(path)).isEqualTo(vector.require("path").asString());
    assertThat(address).hasToString(vector.require("ca").asString());
    assertThat(NarWriter.hash(tree).hash().sri())
        .isEqualTo(vector.require("narHash_sri").asString());
  }

  private static Method method(Json vector) throws KilnException {
    return vector.require("method").asString().equals("flat") ? Method.FLAT : Method.NAR;
  }

  private static HashAlgorithm algorithm(Json vector) throws KilnException {
    return HashAlgorithm.find(vector.require("algo").asString()).orElseThrow();
  }

  static int nars(Json file, Path scratch) throws Exception {
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      var in = new ByteArrayInputStream(Vectors.bytes(vector, "nar"));
      var place = scratch.resolve("nar-" + count);
      var label = vector.require("label").asString();
      if (vector.require("required_verdict").asString().equals("accept")) {
        NarReader.restore(in, place);
        assertThat(Files.exists(place, LinkOption.NOFOLLOW_LINKS)).as(label).isTrue();
      } else {
        assertThatThrownBy(() -> NarReader.restore(in, place))
            .as(label)
            .isInstanceOf(KilnException.class);
        assertThat(Files.exists(place, LinkOption.NOFOLLOW_LINKS)).as(label).isFalse();
      }
      count++;
    }
    return count;
  }
}
