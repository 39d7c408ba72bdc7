package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.json.Json;
import dev.kiln.store.format.ReferenceScanner;
import java.io.OutputStream;
import java.nio.file.Path;

/// references.json.
final class ReferenceVectors {
  static final int[] CHUNKS = {1, 7, 31, 32, 33, 4096, 65_536, Integer.MAX_VALUE};

  private ReferenceVectors() {}

  static int references(Json file, Path scratch) throws Exception {
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      var store = Vectors.storeDir(vector, file);
      var nar = Vectors.bytes(vector, "nar");
      var candidates = Vectors.paths(store, vector.require("candidates"));
      assertThat(candidates).contains(store.parse(vector.require("output").asString()));
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

  static void inChunks(byte[] bytes, int chunk, OutputStream out) throws Exception {
    for (var at = 0; at < bytes.length; ) {
      var length = Math.min(chunk, bytes.length - at);
      out.write(bytes, at, length);
      at += length;
    }
  }
}
