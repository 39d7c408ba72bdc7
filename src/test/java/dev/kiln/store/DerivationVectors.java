package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.json.Json;
import dev.kiln.store.derivation.Derivation;
import dev.kiln.store.derivation.DerivationHashes;
import dev.kiln.store.derivation.Placeholders;
import dev.kiln.store.derivation.Resolution;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// derivations.json.
final class DerivationVectors {
  private final StoreDir store;
  private final Map<StorePath, Derivation> derivations = new HashMap<>();
  private final Map<String, StorePath> realisations = new HashMap<>();
  private final DerivationHashes hashes;

  private DerivationVectors(StoreDir store) {
    this.store = store;
    this.hashes = new DerivationHashes(store, this::require);
  }

  private Derivation require(StorePath path) throws KilnException {
    return Optional.ofNullable(derivations.get(path))
        .orElseThrow(() -> new KilnException("no derivation " + path));
  }

  static int derivations(Json file, Path scratch) throws Exception {
    return new DerivationVectors(Vectors.storeDir(file, file)).run(file);
  }

  private int run(Json file) throws Exception {
    for (var vector : file.require("cases").asArray()) {
      text(vector);
    }
    for (var realisation : file.require("realisations").asArray()) {
      realisations.put(
          realisation.require("id").asString(),
          store.parse(realisation.require("out_path").asString()));
    }
    for (var vector : file.require("cases").asArray()) {
      paths(vector);
    }
    for (var entry : file.require("placeholders").asObject().entrySet()) {
      assertThat(Placeholders.own(entry.getKey())).hasToString(entry.getValue().asString());
    }
    return derivations.size() + resolved(file) + file.require("placeholders").asObject().size();
  }

  private void text(Json vector) throws KilnException {
    var name = vector.require("name").asString();
    var aterm = vector.require("aterm").asString().getBytes(StandardCharsets.UTF_8);
    var derivation = Derivation.parse(store, name, aterm);
    assertThat(derivation.aterm(store)).isEqualTo(aterm);
    var path = derivation.path(store);
    assertThat(store.resolve(path)).isEqualTo(vector.require("drv_path").asString());
    assertThat(derivation.references())
        .isEqualTo(Vectors.paths(store, vector.require("references")));
    assertThat("text:" + Digest.sha256(aterm).prefixedNix32())
        .isEqualTo(vector.require("ca").asString());
    var json = vector.require("json");
    assertThat(derivation.toJson(store).compact()).isEqualTo(json.compact());
    var named = new TreeMap<>(json.asObject());
    named.put("name", Json.of(name));
    assertThat(Derivation.fromJson(store, new Json.Obj(named))).isEqualTo(derivation);
    derivations.put(path, derivation);
  }

  private void paths(Json vector) throws KilnException {
    var derivation = require(store.parse(vector.require("drv_path").asString()));
    hashes.check(derivation);
    var outputs = new TreeMap<String, String>();
    for (var output : derivation.outputs().entrySet()) {
      output
          .getValue()
          .findPath(store, derivation.name(), output.getKey())
          .ifPresent(path -> outputs.put(output.getKey(), store.resolve(path)));
    }
    for (var output : vector.require("outputs").asObject().entrySet()) {
      var path = output.getValue().find("path");
      assertThat(outputs.get(output.getKey()))
          .isEqualTo(path.isPresent() ? path.get().asString() : null);
    }
    var ids = vector.find("realisation_ids");
    if (ids.isPresent()) {
      var modulo = hashes.masked(derivation).outputs();
      assertThat(modulo.entrySet().stream().map(entry -> id(entry.getValue(), entry.getKey())))
          .containsExactlyInAnyOrderElementsOf(ids.get().asStrings());
    }
  }

  private int resolved(Json file) throws KilnException {
    var expected = new TreeMap<String, String>();
    for (var vector : file.require("resolved_derivations").asArray()) {
      expected.put(vector.require("drv_path").asString(), vector.require("aterm").asString());
    }
    var count = 0;
    for (var derivation : derivations.values()) {
      try {
        var resolved = Resolution.resolve(store, derivation, this::realised);
        var aterm = expected.get(store.resolve(resolved.path(store)));
        if (aterm != null && !derivation.isBasic()) {
          assertThat(new String(resolved.aterm(store), StandardCharsets.UTF_8)).isEqualTo(aterm);
          count++;
        }
      } catch (KilnException e) {
        assertThat(e).hasMessageContaining("was never built");
      }
    }
    assertThat(count).isEqualTo(expected.size());
    return count;
  }

  private StorePath realised(StorePath derivation, String output) throws KilnException {
    var input = require(derivation);
    var known =
        Objects.requireNonNull(input.outputs().get(output)).findPath(store, input.name(), output);
    if (known.isPresent()) {
      return known.get();
    }
    var hash = Objects.requireNonNull(hashes.masked(input).outputs().get(output));
    return Optional.ofNullable(realisations.get(id(hash, output)))
        .orElseThrow(() -> new KilnException(derivation + " was never built"));
  }

  private static String id(Digest hash, String output) {
    return "sha256:" + hash.hex() + "!" + output;
  }
}
