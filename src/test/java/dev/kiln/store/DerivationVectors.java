package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.NarWriter;
import dev.kiln.digest.Digest;
import dev.kiln.json.Json;
import dev.kiln.store.ContentAddress.Method;
import dev.kiln.store.derivation.Derivation;
import dev.kiln.store.derivation.DerivationHashes;
import dev.kiln.store.derivation.DerivationOutput.Deferred;
import dev.kiln.store.derivation.DerivationOutput.Fixed;
import dev.kiln.store.derivation.DerivationOutput.Floating;
import dev.kiln.store.derivation.DerivationOutput.Impure;
import dev.kiln.store.derivation.DerivationOutput.InputAddressed;
import dev.kiln.store.derivation.Placeholders;
import dev.kiln.store.derivation.Resolution;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

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
    for (var entry : file.require("placeholders").asObject().entrySet()) {
      assertThat(Placeholders.own(entry.getKey())).hasToString(entry.getValue().asString());
    }
    var vectors = file.require("cases").asArray();
    for (var vector : vectors) {
      text(vector);
    }
    for (var realisation : file.require("realisations").asArray()) {
      realisations.put(
          realisation.require("id").asString(),
          store.parse(realisation.require("out_path").asString()));
    }
    if (!vectors.isEmpty()) {
      realisations(vectors, resolved(file));
    }
    return derivations.size()
        + file.require("resolved_derivations").asArray().size()
        + realisations.size()
        + file.require("placeholders").asObject().size();
  }

  /// Without UTF-8 a derivation has no JSON: its text comes as bytes, and nothing else of it.
  private void text(Json vector) throws Exception {
    var name = vector.require("name").asString();
    var text = vector.find("aterm");
    var aterm =
        text.isPresent()
            ? text.get().asString().getBytes(StandardCharsets.UTF_8)
            : Vectors.bytes(vector, "aterm");
    var derivation = Derivation.parse(store, name, aterm);
    assertThat(derivation.aterm(store)).isEqualTo(aterm);
    var path = derivation.path(store);
    assertThat(store.resolve(path)).isEqualTo(vector.require("drv_path").asString());
    assertThat(derivation.references())
        .isEqualTo(Vectors.paths(store, vector.require("references")));
    assertThat("text:" + Digest.sha256(aterm).prefixedNix32())
        .isEqualTo(vector.require("ca").asString());
    if (text.isPresent()) {
      json(vector, derivation);
    } else {
      assertThatThrownBy(() -> derivation.toJson(store)).isInstanceOf(KilnException.class);
    }
    derivations.put(path, derivation);
  }

  private void json(Json vector, Derivation derivation) throws KilnException {
    var json = vector.require("json");
    assertThat(derivation.toJson(store).compact()).isEqualTo(json.compact());
    assertThat(derivation.toJson(store).require("outputs")).isEqualTo(vector.require("outputs"));
    var named = new TreeMap<>(json.asObject());
    named.put("name", Json.of(derivation.name()));
    assertThat(Derivation.fromJson(store, new Json.Obj(named))).isEqualTo(derivation);
  }

  /// Computes every realisation there can be, and compares those that Nix has.
  private void realisations(List<Json> vectors, List<Derivation> resolved) throws KilnException {
    var possible = new HashMap<String, StorePath>();
    for (var vector : vectors) {
      var derivation = require(store.parse(vector.require("drv_path").asString()));
      hashes.check(derivation);
      var own = realisations(derivation);
      possible.putAll(own);
      var ids = vector.find("realisation_ids");
      var known = ids.isPresent() ? ids.get().asStrings() : List.<String>of();
      if (!realisations.isEmpty()) {
        own.keySet().retainAll(realisations.keySet());
        assertThat(own.keySet()).as(derivation.name()).containsExactlyElementsOf(known);
      } else if (!known.isEmpty()) {
        assertThat(own.keySet()).as(derivation.name()).containsExactlyElementsOf(known);
      }
    }
    for (var derivation : resolved) {
      var own = realisations(derivation);
      possible.putAll(own);
      if (!realisations.isEmpty()) {
        assertThat(realisations).containsAllEntriesOf(own);
      }
    }
    assertThat(possible).containsAllEntriesOf(realisations);
  }

  private SortedMap<String, StorePath> realisations(Derivation derivation) throws KilnException {
    var all = new TreeMap<String, StorePath>();
    for (var output : hashes.masked(derivation).outputs().entrySet()) {
      var path = built(derivation, output.getKey());
      if (path.isPresent()) {
        all.put(id(output.getValue(), output.getKey()), path.get());
      }
    }
    return all;
  }

  /// Returns where an output lies once it is built: the builders of floating outputs write one
  /// line. What depends on something that was never built has no path.
  private Optional<StorePath> built(Derivation derivation, String output) throws KilnException {
    return switch (Objects.requireNonNull(derivation.outputs().get(output))) {
      case InputAddressed(var path) -> Optional.of(path);
      case Fixed fixed -> Optional.of(fixed.path(store, derivation.name(), output));
      case Floating(var method, var algorithm) -> {
        var line = "built " + derivation.name() + " " + output + "\n";
        var file = line.getBytes(StandardCharsets.UTF_8);
        var hashed = method == Method.NAR ? NarWriter.ofFile(file, false) : file;
        var hash = new Digest(algorithm, Digest.messageDigest(algorithm).digest(hashed));
        var name = StorePaths.outputName(derivation.name(), output);
        var address = new ContentAddress(method, hash);
        yield Optional.of(
            StorePaths.contentAddressed(store, name, address, new TreeSet<>(), false));
      }
      case Deferred() -> {
        var resolved = findResolved(derivation);
        yield resolved.isEmpty() ? Optional.empty() : built(resolved.get(), output);
      }
      case Impure _ -> Optional.empty();
    };
  }

  /// Compares those that only building tells, and answers them.
  private List<Derivation> resolved(Json file) throws KilnException {
    var resolved = new ArrayList<Derivation>();
    var texts = new TreeMap<String, String>();
    for (var derivation : derivations.values()) {
      var found = isResolved(derivation) ? findResolved(derivation) : Optional.<Derivation>empty();
      if (found.isPresent()) {
        resolved.add(found.get());
        texts.put(
            store.resolve(found.get().path(store)),
            new String(found.get().aterm(store), StandardCharsets.UTF_8));
      }
    }
    var expected = new TreeMap<String, String>();
    for (var vector : file.require("resolved_derivations").asArray()) {
      expected.put(vector.require("drv_path").asString(), vector.require("aterm").asString());
    }
    assertThat(texts).isEqualTo(expected.isEmpty() ? texts : expected);
    return resolved;
  }

  private Optional<Derivation> findResolved(Derivation derivation) throws KilnException {
    try {
      return Optional.of(Resolution.resolve(store, derivation, this::realised));
    } catch (KilnException e) {
      assertThat(e).hasMessageContaining("was never built");
      return Optional.empty();
    }
  }

  /// With floating outputs allowed, Nix resolves all that has inputs and is not named by them.
  private static boolean isResolved(Derivation derivation) {
    return !derivation.isBasic()
        && derivation.outputs().values().stream().noneMatch(InputAddressed.class::isInstance);
  }

  private StorePath realised(StorePath derivation, String output) throws KilnException {
    return built(require(derivation), output)
        .orElseThrow(() -> new KilnException(derivation + " was never built"));
  }

  private static String id(Digest hash, String output) {
    return "sha256:" + hash.hex() + "!" + output;
  }
}
