package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.json.Json;
import dev.kiln.store.ContentAddress.Method;
import dev.kiln.store.derivation.Derivation;
import dev.kiln.store.derivation.DerivationHashes;
import dev.kiln.store.derivation.DerivationOutput.Floating;
import dev.kiln.store.derivation.Resolution;
import dev.kiln.store.format.ReferenceScanner;
import dev.kiln.store.format.Rewriter;
import dev.kiln.store.format.SelfHash;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// content-addressed.json.
final class ContentVectors {
  private final StoreDir store;
  private final Map<StorePath, StorePath> renamed = new HashMap<>();
  private final SortedMap<StorePath, Derivation> derivations = new TreeMap<>();
  private final SortedMap<StorePath, SortedMap<String, StorePath>> outputs = new TreeMap<>();
  private final Map<StorePath, SortedSet<StorePath>> references = new HashMap<>();
  private final SortedSet<StorePath> known = new TreeSet<>();
  private final DerivationHashes hashes;

  private ContentVectors(StoreDir store) {
    this.store = store;
    this.hashes = new DerivationHashes(store, path -> require(derivations, path));
  }

  private static <T> T require(Map<StorePath, T> map, StorePath path) {
    return Objects.requireNonNull(map.get(path), path.toString());
  }

  static int contentAddressed(Json file, Path scratch) throws Exception {
    return new ContentVectors(Vectors.storeDir(file, file)).run(file);
  }

  private int run(Json file) throws Exception {
    var vectors = new ArrayList<Json>();
    for (var vector : file.require("cases").asArray()) {
      if (vector.find("error").isEmpty()) {
        learn(vector);
        vectors.add(vector);
      }
    }
    for (var vector : vectors) {
      if (vector.find("output").isPresent()) {
        var path = store.parse(vector.require("output").require("path").asString());
        references.put(path, scan(Vectors.bytes(vector, "nar")));
      }
    }
    for (var vector : vectors) {
      switch (vector.require("kind").asString()) {
        case "make-content-addressed" -> madeContentAddressed(vector);
        case "floating-ca", "input-addressed-after-resolution" -> built(vector);
        default -> throw new AssertionError("unknown kind in " + vector.compact());
      }
    }
    var resolved = file.require("resolved_derivations").asArray();
    if (!vectors.isEmpty() && !resolved.isEmpty()) {
      resolved(resolved);
    }
    return vectors.size() + resolved.size();
  }

  private void learn(Json vector) throws KilnException {
    if (vector.find("old").isPresent()) {
      var old = store.parse(vector.require("old").require("path").asString());
      known.add(old);
      renamed.put(old, store.parse(vector.require("new").require("path").asString()));
      return;
    }
    var path = store.parse(vector.require("drv_path").asString());
    var name = path.name().substring(0, path.name().length() - ".drv".length());
    var aterm = vector.require("drv_aterm").asString().getBytes(StandardCharsets.UTF_8);
    var derivation = Derivation.parse(store, name, aterm);
    assertThat(derivation.path(store)).isEqualTo(path);
    derivations.put(path, derivation);
    var output = store.parse(vector.require("output").require("path").asString());
    known.add(output);
    outputs
        .computeIfAbsent(path, _ -> new TreeMap<>())
        .put(
            output.name().equals(name) ? "out" : output.name().substring(name.length() + 1),
            output);
  }

  /// Rewrites the old NAR as `makeContentAddressed` does and compares with the new one.
  private void madeContentAddressed(Json vector) throws Exception {
    var oldNar = Vectors.bytes(vector, "old_nar");
    var old = store.parse(vector.require("old").require("path").asString());
    known(old, vector.require("old"), oldNar);
    var rewrites = new LinkedHashMap<ByteString, ByteString>();
    var references = new TreeSet<StorePath>();
    for (var reference : scan(oldNar)) {
      if (!reference.equals(old)) {
        var now = require(renamed, reference);
        references.add(now);
        rewrites.put(ByteString.of(store.resolve(reference)), ByteString.of(store.resolve(now)));
      }
    }
    var newNar = Vectors.bytes(vector, "new_nar");
    for (var chunk : ReferenceVectors.CHUNKS) {
      var nar = rewrite(oldNar, rewrites, chunk);
      var hash = new SelfHash(HashAlgorithm.SHA256, old.hashPart());
      ReferenceVectors.inChunks(nar, chunk, hash);
      var address = new ContentAddress(Method.NAR, hash.digest());
      assertThat(hash.foundItself()).isEqualTo(vector.require("self_reference").asBoolean());
      var path =
          StorePaths.contentAddressed(store, old.name(), address, references, hash.foundItself());
      var self = Map.of(ByteString.of(old.hashPart()), ByteString.of(path.hashPart()));
      assertThat(rewrite(nar, self, chunk)).isEqualTo(newNar);
      var all = new TreeSet<>(references);
      if (hash.foundItself()) {
        all.add(path);
      }
      var info = info(path, newNar, all, null, address.toString());
      assertThat(Vectors.facts(store, info)).isEqualTo(vector.require("new"));
    }
  }

  /// Of what Nix built the deriver is said; that derivation is not among the vectors.
  private void known(StorePath path, Json expected, byte[] nar) throws Exception {
    var references = scan(nar);
    var address = Vectors.address(store, path, references, nar);
    var text = expected.find("deriver");
    var deriver = text.isPresent() ? store.parse(text.get().asString()) : null;
    assertThat(deriver == null).isEqualTo(address != null);
    if (deriver != null) {
      assertThat(deriver.isDerivation()).isTrue();
      assertThat(path.name() + "-").startsWith(deriver.name().replaceFirst("\\.drv$", "-"));
    }
    var info = info(path, nar, references, deriver, address);
    assertThat(Vectors.facts(store, info)).isEqualTo(expected);
  }

  private SortedSet<StorePath> scan(byte[] nar) throws Exception {
    var scanner = new ReferenceScanner(known);
    scanner.write(nar);
    return new TreeSet<>(scanner.found());
  }

  private static PathInfo info(
      StorePath path,
      byte[] nar,
      SortedSet<StorePath> references,
      @Nullable StorePath deriver,
      @Nullable String ca) {
    return new PathInfo(
        path,
        Digest.sha256(nar),
        nar.length,
        references,
        deriver,
        Instant.EPOCH,
        deriver != null,
        List.of(),
        ca);
  }

  private static byte[] rewrite(byte[] nar, Map<ByteString, ByteString> rewrites, int chunk)
      throws Exception {
    var out = new ByteArrayOutputStream();
    try (var rewriter = new Rewriter(out, rewrites)) {
      ReferenceVectors.inChunks(nar, chunk, rewriter);
    }
    return out.toByteArray();
  }

  /// An output is its own proof, or has the path that its resolved derivation says.
  private void built(Json vector) throws Exception {
    var derivation = store.parse(vector.require("drv_path").asString());
    var path = store.parse(vector.require("output").require("path").asString());
    var nar = Vectors.bytes(vector, "nar");
    var references = scan(nar);
    var self = references.contains(path);
    assertThat(self).isEqualTo(vector.require("self_reference").asBoolean());
    var floating = require(derivations, derivation).outputs().values().stream().findFirst();
    var address =
        floating.orElseThrow() instanceof Floating(var method, var algorithm)
            ? address(path, nar, references, method, algorithm)
            : null;
    assertThat(vector.require("kind").asString())
        .isEqualTo(address == null ? "input-addressed-after-resolution" : "floating-ca");
    var resolved = resolve(derivation);
    if (address == null) {
      var found = resolved.outputs().get(name(derivation, path));
      assertThat(Objects.requireNonNull(found).findPath(store, resolved.name(), "out"))
          .contains(path);
    }
    var info = info(path, nar, references, resolved.path(store), address);
    assertThat(Vectors.facts(store, info)).isEqualTo(vector.require("output"));
    assertThat(realisations(derivation)).isEqualTo(vector.require("realisations"));
  }

  private String address(
      StorePath path,
      byte[] nar,
      SortedSet<StorePath> references,
      Method method,
      HashAlgorithm algorithm)
      throws Exception {
    assertThat(method).isEqualTo(Method.NAR);
    var hash = new SelfHash(algorithm, path.hashPart());
    hash.write(nar);
    var others = new TreeSet<>(references);
    var address = new ContentAddress(method, hash.digest());
    assertThat(others.remove(path)).isEqualTo(hash.foundItself());
    assertThat(StorePaths.contentAddressed(store, path.name(), address, others, hash.foundItself()))
        .isEqualTo(path);
    return address.toString();
  }

  private String name(StorePath derivation, StorePath path) {
    return require(outputs, derivation).entrySet().stream()
        .filter(output -> output.getValue().equals(path))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  /// Returns the realisations of a derivation in the form of Nix 2.8, with those of its inputs that
  /// an output refers to.
  private Json realisations(StorePath path) throws Exception {
    var derivation = require(derivations, path);
    var all = new ArrayList<Json>();
    for (var output : require(outputs, path).entrySet()) {
      var dependent = new TreeMap<String, Json>();
      for (var input : derivation.inputDerivations().entrySet()) {
        for (var wanted : input.getValue()) {
          var used = Objects.requireNonNull(require(outputs, input.getKey()).get(wanted));
          if (require(references, output.getValue()).contains(used)) {
            dependent.put(id(input.getKey(), wanted), Json.of(used.baseName()));
          }
        }
      }
      all.add(
          Json.object()
              .put("dependentRealisations", new Json.Obj(dependent))
              .put("id", id(path, output.getKey()))
              .put("outPath", output.getValue().baseName())
              .put("signatures", Json.array(List.of()))
              .build());
    }
    return Json.array(all);
  }

  private String id(StorePath derivation, String output) throws KilnException {
    var modulo = hashes.masked(require(derivations, derivation)).outputs();
    return "sha256:" + Objects.requireNonNull(modulo.get(output)).hex() + "!" + output;
  }

  private Derivation resolve(StorePath derivation) throws KilnException {
    return Resolution.resolve(
        store,
        require(derivations, derivation),
        (input, output) -> Objects.requireNonNull(require(outputs, input).get(output)));
  }

  private void resolved(List<Json> vectors) throws KilnException {
    var expected = new TreeMap<String, String>();
    for (var vector : vectors) {
      expected.put(vector.require("drv_path").asString(), vector.require("aterm").asString());
    }
    var texts = new TreeMap<String, String>();
    for (var derivation : derivations.entrySet()) {
      if (!derivation.getValue().isBasic()) {
        var resolved = resolve(derivation.getKey());
        texts.put(
            store.resolve(resolved.path(store)),
            new String(resolved.aterm(store), StandardCharsets.UTF_8));
      }
    }
    assertThat(texts).isEqualTo(expected);
  }
}
