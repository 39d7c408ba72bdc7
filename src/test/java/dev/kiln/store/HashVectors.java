package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.KilnException;
import dev.kiln.digest.Base32;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.json.Json;
import java.nio.file.Path;
import java.util.HexFormat;
import org.assertj.core.api.Assertions;

/// base32.json, hash-compress.json.
final class HashVectors {
  private HashVectors() {}

  static int base32(Json file, Path scratch) throws Exception {
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      var algorithm = HashAlgorithm.find(vector.require("algo").asString()).orElseThrow();
      var hex = vector.require("base16").asString();
      var digest = new Digest(algorithm, HexFormat.of().parseHex(hex));
      assertThat(digest.hex()).isEqualTo(hex);
      assertThat(digest.nix32()).isEqualTo(vector.require("nix32").asString());
      assertThat(digest.base64()).isEqualTo(vector.require("base64").asString());
      assertThat(digest.sri()).isEqualTo(vector.require("sri").asString());
      assertThat(Digest.parse(digest.nix32(), algorithm)).isEqualTo(digest);
      assertThat(Digest.parse(digest.base64(), algorithm)).isEqualTo(digest);
      assertThat(Digest.parse(digest.sri(), null)).isEqualTo(digest);
      count++;
    }
    for (var vector : file.require("parse").asArray()) {
      parse(vector);
      count++;
    }
    return count;
  }

  private static void parse(Json vector) throws KilnException {
    var algorithm = HashAlgorithm.find(vector.require("algo").asString()).orElseThrow();
    var text = vector.require("input").asString();
    if (vector.require("accepted").asBoolean()) {
      assertThat(Digest.parse(text, algorithm).hex())
          .as(text)
          .isEqualTo(vector.require("base16").asString());
    } else {
      Assertions.assertThatThrownBy(() -> Digest.parse(text, algorithm))
          .as(text)
          .isInstanceOf(KilnException.class);
    }
  }

  static int compress(Json file, Path scratch) throws Exception {
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      var contents = Vectors.bytes(vector, "contents");
      for (var entry : vector.require("digests").asObject().entrySet()) {
        var algorithm = HashAlgorithm.find(entry.getKey()).orElseThrow();
        var digest = new Digest(algorithm, Digest.messageDigest(algorithm).digest(contents));
        var expected = entry.getValue();
        var folded = digest.fold(Math.min(20, algorithm.size()));
        assertThat(digest.hex()).isEqualTo(expected.require("base16").asString());
        assertThat(digest.nix32()).isEqualTo(expected.require("nix32").asString());
        assertThat(HexFormat.of().formatHex(folded))
            .isEqualTo(expected.require("compressed160_base16").asString());
        assertThat(Base32.encode(folded))
            .isEqualTo(expected.require("compressed160_nix32").asString());
        count++;
      }
    }
    return count;
  }
}
