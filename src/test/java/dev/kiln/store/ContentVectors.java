package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.json.Json;
import dev.kiln.store.derivation.Derivation;
import dev.kiln.store.derivation.Resolution;
import dev.kiln.store.format.ReferenceScanner;
import dev.kiln.store.format.Rewriter;
import dev.kiln.store.format.SelfHash;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// references.json, content-addressed.json.
final class ContentVectors {
  private static final int[] CHUNKS = {1, 7, 31, 32, 33, 4096, 65_536, Integer.MAX_VALUE};

  private ContentVectors() {}

  static int references(Json file, Path scratch) throws Exception {
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      var store = Vectors.storeDir(vector, file);
      var nar = Vectors.bytes(vector, "nar");
      var candidates = Vectors.paths(store, vector.require("candidates"));
      assertThat(nar).hasSize((int) vector.require("narSize").asLong());
      for (var chunk : CHUNKS) {
        var scanner = new ReferenceScanner(candidates);
        inChunks(nar, chunk, scanner);
        assertThat(scanner.found())
            .as("%s in chunks of %d", vector.require("label").asString(), chunk)
            .isEqualTo(Vectors.paths(store, vector.require("references")));
      }
      count++;
    }
    return count;
  }

  private static void inChunks(byte[] bytes, int chunk, OutputStream out) throws Exception {
    for (var at = 0; at < bytes.length; ) {
      var length = Math.min(chunk, bytes.length - at);
      out.write(bytes, at, length);
      at += length;
    }
  }

  static int contentAddressed(Json file, Path scratch) throws Exception {
    var store = Vectors.storeDir(file, file);
    var renamed = new HashMap<StorePath, StorePath>();
    for (var vector : file.require("cases").asArray()) {
      var old = vector.find("old");
      if (old.isPresent()) {
        var path = vector.require("new").require("path").asString();
        renamed.put(store.parse(old.get().require("path").asString()), store.parse(path));
      }
    }
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      switch (vector.require("kind").asString()) {
        case "make-content-addressed" -> madeContentAddressed(store, vector, renamed);
        case "floating-ca" ->
            itsOwnProof(store, vector.require("output"), Vectors.bytes(vector, "nar"));
        default -> inputAddressed(store, vector);
      }
      count++;
    }
    return count + resolved(store, file);
  }

  /// Rewrites the old NAR as `makeContentAddressed` does and compares with the new one.
  private static void madeContentAddressed(
      StoreDir store, Json vector, Map<StorePath, StorePath> renamed) throws Exception {
    var old = store.parse(vector.require("old").require("path").asString());
    var rewrites = new LinkedHashMap<ByteString, ByteString>();
    var references = new TreeSet<StorePath>();
    for (var reference : Vectors.paths(store, vector.require("old").require("references"))) {
      if (!reference.equals(old)) {
        var now = Objects.requireNonNull(renamed.get(reference), reference.toString());
        references.add(now);
        rewrites.put(ByteString.of(store.resolve(reference)), ByteString.of(store.resolve(now)));
      }
    }
    for (var chunk : CHUNKS) {
      var nar = rewrite(Vectors.bytes(vector, "old_nar"), rewrites, chunk);
      var expected = vector.require("new");
      var address = ContentAddress.parse(expected.require("ca").asString());
      var hash = new SelfHash(address.hash().algorithm(), old.hashPart());
      inChunks(nar, chunk, hash);
      assertThat(hash.digest()).isEqualTo(address.hash());
      assertThat(hash.foundItself()).isEqualTo(vector.require("self_reference").asBoolean());
      var path =
          StorePaths.contentAddressed(store, old.name(), address, references, hash.foundItself());
      assertThat(store.resolve(path)).isEqualTo(expected.require("path").asString());
      var self = Map.of(ByteString.of(old.hashPart()), ByteString.of(path.hashPart()));
      assertThat(rewrite(nar, self, chunk)).isEqualTo(Vectors.bytes(vector, "new_nar"));
    }
    itsOwnProof(store, vector.require("new"), Vectors.bytes(vector, "new_nar"));
  }

  private static byte[] rewrite(byte[] nar, Map<ByteString, ByteString> rewrites, int chunk)
      throws Exception {
    var out = new ByteArrayOutputStream();
    try (var rewriter = new Rewriter(out, rewrites)) {
      inChunks(nar, chunk, rewriter);
    }
    return out.toByteArray();
  }

  private static void itsOwnProof(StoreDir store, Json output, byte[] nar) throws Exception {
    var path = store.parse(output.require("path").asString());
    var address = ContentAddress.parse(output.require("ca").asString());
    var hash = new SelfHash(address.hash().algorithm(), path.hashPart());
    hash.write(nar);
    assertThat(hash.digest()).isEqualTo(address.hash());
    var references = new TreeSet<>(Vectors.paths(store, output.require("references")));
    assertThat(references.remove(path)).isEqualTo(hash.foundItself());
    assertThat(
            StorePaths.contentAddressed(
                store, path.name(), address, references, hash.foundItself()))
        .isEqualTo(path);
    assertThat(Digest.sha256(nar).sri()).isEqualTo(output.require("narHash_sri").asString());
  }

  private static void inputAddressed(StoreDir store, Json vector) throws Exception {
    var output = vector.require("output");
    var references = Vectors.paths(store, output.require("references"));
    var scanner = new ReferenceScanner(references);
    scanner.write(Vectors.bytes(vector, "nar"));
    assertThat(scanner.found()).isEqualTo(references);
  }

  private static int resolved(StoreDir store, Json file) throws Exception {
    var outputs = new HashMap<StorePath, SortedSet<StorePath>>();
    var derivations = new TreeMap<StorePath, Derivation>();
    for (var vector : file.require("cases").asArray()) {
      if (vector.find("drv_path").isPresent()) {
        var path = store.parse(vector.require("drv_path").asString());
        var name = path.name().substring(0, path.name().length() - ".drv".length());
        var aterm = vector.require("drv_aterm").asString().getBytes(StandardCharsets.UTF_8);
        derivations.put(path, Derivation.parse(store, name, aterm));
        outputs
            .computeIfAbsent(path, _ -> new TreeSet<>())
            .add(store.parse(vector.require("output").require("path").asString()));
      }
    }
    var texts = new TreeMap<String, String>();
    for (var derivation : derivations.values()) {
      var resolved =
          Resolution.resolve(
              store,
              derivation,
              (input, output) -> {
                var built = Objects.requireNonNull(derivations.get(input));
                var name = StorePaths.outputName(built.name(), output);
                return Objects.requireNonNull(outputs.get(input)).stream()
                    .filter(path -> path.name().equals(name))
                    .findFirst()
                    .orElseThrow();
              });
      texts.put(
          store.resolve(resolved.path(store)),
          new String(resolved.aterm(store), StandardCharsets.UTF_8));
    }
    for (var vector : file.require("resolved_derivations").asArray()) {
      assertThat(texts)
          .containsEntry(vector.require("drv_path").asString(), vector.require("aterm").asString());
    }
    return file.require("resolved_derivations").asArray().size();
  }
}
