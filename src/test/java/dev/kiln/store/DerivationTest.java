package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.json.Json;
import dev.kiln.store.ContentAddress.Method;
import dev.kiln.store.derivation.Derivation;
import dev.kiln.store.derivation.DerivationHashes;
import dev.kiln.store.derivation.DerivationOutput;
import dev.kiln.store.derivation.DerivationOutput.Deferred;
import dev.kiln.store.derivation.DerivationOutput.Floating;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DerivationTest {
  private static final StoreDir STORE = StoreDir.DEFAULT;

  @Test
  void bytesThatAreNotUtf8AreKept() throws Exception {
    var odd = ByteString.of(new byte[] {(byte) 0xff, '"', '\\', '\n', 1, 127, (byte) 0xc3});
    var derivation = floating("odd", new TreeMap<>(), Map.of(odd, odd));
    var text = derivation.aterm(STORE);
    assertThat(Derivation.parse(STORE, "odd", text)).isEqualTo(derivation);
    assertThatThrownBy(() -> derivation.toJson(STORE)).hasMessageContaining("UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Derive([(\"out\",\"\",\"r:sha256\",\"\")],[],[],\"s\",\"b\",[],[]) ",
        "Derive([(\"out\",\"\",\"r:sha256\",\"\")],[],[],\"s\",\"b\",[],[],)",
        "Derive([(\"out\",\"\",\"r:sha256\",\"\"),],[],[],\"s\",\"b\",[],[])",
        "Derive([(\"out\",\"\",\"r:sha256\",\"\")],[],[],\"s\",\"b\",[],[(\"b\",\"\"),(\"a\",\"\")])",
        "Derive([(\"out\",\"\",\"r:sha256\",\"\")],[],[],\"s\",\"b\",[],[(\"a\",\"\"),(\"a\",\"\")])",
        "Derive([(\"out\",\"\",\"r:sha256\",\"\")],[],[],\"s\",\"\\b\",[],[])",
        "Derive([(\"out\",\"\",\"r:sha3\",\"\")],[],[],\"s\",\"b\",[],[])",
        "Derive([(\"out\",\"\",\"x:sha256\",\"\")],[],[],\"s\",\"b\",[],[])",
        "Derive([(\"out\",\"\",\"\",\"00\")],[],[],\"s\",\"b\",[],[])",
        "Derive([(\"a\",\"\",\"r:sha256\",\"\"),(\"b\",\"\",\"\",\"\")],[],[],\"s\",\"b\",[],[])",
        "Derive([(\"a/b\",\"\",\"r:sha256\",\"\")],[],[],\"s\",\"b\",[],[])",
        "Derive([],[],[],\"s\",\"b\",[],[])",
        "Derive([(\"out\",\"\",\"r:sha256\",\"\")],[],[\"/nix/store/x\"],\"s\",\"b\",[],[])",
        "DrvWithVersion(\"xp-dyn-drv\",[(\"out\",\"\",\"r:sha256\",\"\")],[],[],\"s\",\"b\",[],[])",
        "Derive(",
        ""
      })
  void refusesWhatNixWouldNotWrite(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> Derivation.parse(STORE, "x", bytes)).isInstanceOf(KilnException.class);
  }

  @Test
  void aForgedOutputPathIsRefused() throws Exception {
    var hashes = new DerivationHashes(STORE, _ -> floating("none", new TreeMap<>(), Map.of()));
    var right = hashes.withOutputPaths(deferred("a", new TreeMap<>(), env("out", "")));
    var other = hashes.withOutputPaths(deferred("b", new TreeMap<>(), env("out", "")));
    hashes.check(right);
    var misled = right.toJson(STORE).compact().replace("\"out\":\"/", "\"out\":\"/x");
    assertThatThrownBy(() ->
            hashes.check(
                Derivation.fromJson(STORE, Json.parse("{\"name\":\"a\"," + misled.substring(1)))))
        .hasMessageContaining("environment variable 'out'");
    var text = right.toJson(STORE).compact().replace(path(right), path(other));
    var forged = Derivation.fromJson(STORE, Json.parse("{\"name\":\"a\"," + text.substring(1)));
    assertThatThrownBy(() -> hashes.check(forged)).hasMessageContaining("wrong path");
  }

  @Test
  void longChainsTakeNoStackAndLaddersNoTime() throws Exception {
    var known = new HashMap<StorePath, Derivation>();
    var hashes = new DerivationHashes(STORE, path -> require(known, path));
    var last = List.<StorePath>of();
    for (var level = 0; level < 1_000; level++) {
      var inputs = new TreeMap<StorePath, SortedSet<String>>();
      last.forEach(path -> inputs.put(path, new TreeSet<>(List.of("out"))));
      var left = hashes.withOutputPaths(deferred("l" + level, inputs, env("out", "")));
      var right = hashes.withOutputPaths(deferred("r" + level, inputs, env("out", "")));
      known.put(left.path(STORE), left);
      known.put(right.path(STORE), right);
      last = List.of(left.path(STORE), right.path(STORE));
    }
    var fresh = new DerivationHashes(STORE, path -> require(known, path));
    fresh.check(require(known, last.getFirst()));
  }

  @Test
  void whatDependsOnFloatingOutputsIsDeferred() throws Exception {
    var floating = floating("f", new TreeMap<>(), Map.of());
    var inputs = new TreeMap<StorePath, SortedSet<String>>();
    inputs.put(floating.path(STORE), new TreeSet<>(List.of("out")));
    var hashes = new DerivationHashes(STORE, _ -> floating);
    var derivation = hashes.withOutputPaths(deferred("d", inputs, Map.of()));
    assertThat(derivation.outputs()).containsEntry("out", new Deferred());
  }

  private static Derivation require(Map<StorePath, Derivation> known, StorePath path) {
    return Objects.requireNonNull(known.get(path));
  }

  private static String path(Derivation derivation) throws KilnException {
    return derivation.toJson(STORE).require("outputs").require("out").require("path").asString();
  }

  private static Map<ByteString, ByteString> env(String name, String value) {
    return Map.of(ByteString.of(name), ByteString.of(value));
  }

  private static Derivation floating(
      String name,
      SortedMap<StorePath, SortedSet<String>> inputs,
      Map<ByteString, ByteString> environment) {
    return derivation(name, new Floating(Method.NAR, HashAlgorithm.SHA256), inputs, environment);
  }

  private static Derivation deferred(
      String name,
      SortedMap<StorePath, SortedSet<String>> inputs,
      Map<ByteString, ByteString> environment) {
    return derivation(name, new Deferred(), inputs, environment);
  }

  private static Derivation derivation(
      String name,
      DerivationOutput output,
      SortedMap<StorePath, SortedSet<String>> inputs,
      Map<ByteString, ByteString> environment) {
    var outputs = new TreeMap<String, DerivationOutput>();
    outputs.put("out", output);
    return new Derivation(
        name,
        outputs,
        inputs,
        new TreeSet<>(),
        "x86_64-linux",
        ByteString.of("/bin/sh"),
        List.of(),
        new TreeMap<>(environment));
  }
}
