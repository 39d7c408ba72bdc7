package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.Compression;
import dev.kiln.archive.NarWriter;
import dev.kiln.digest.ByteString;
import dev.kiln.json.Json;
import dev.kiln.ops.store.FileCacheOperation;
import dev.kiln.store.format.NarInfo;
import dev.kiln.store.format.NarListing;
import dev.kiln.store.format.PublicKey;
import dev.kiln.store.format.SecretKey;
import dev.kiln.store.format.Signature;
import dev.kiln.store.format.Trust;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/// binary-cache.json.
final class CacheVectors {
  private static final String NARINFO = ".narinfo";
  private static final String CACHE_INFO = "nix-cache-info";

  /// What Nix 2.8 accepts and kiln does not, as the vectors' notes ask for: it looks at FileHash.
  private static final String STRICTER = "filehash-wrong";

  private final StoreDir logical;
  private final Json file;
  private final Path scratch;
  private final SecretKey secret;
  private final SecretKey other;

  private CacheVectors(StoreDir logical, Json file, Path scratch) throws KilnException {
    var keys = file.require("test_keys");
    this.logical = logical;
    this.file = file;
    this.scratch = scratch;
    this.secret = key(keys, "");
    this.other = key(keys, "other_");
  }

  private static SecretKey key(Json keys, String which) throws KilnException {
    var text = keys.require(which + "secret_key_file").asString();
    var publicText = keys.require(which + "public_key_file").asString();
    var key = SecretKey.parse(text);
    assertThat(key.secretText()).isEqualTo(text);
    assertThat(key.publicKey()).hasToString(publicText).isEqualTo(PublicKey.parse(publicText));
    assertThat(key.publicKey().name()).isEqualTo(keys.require(which + "name").asString());
    return key;
  }

  static int binaryCaches(Json file, Path scratch) throws Exception {
    return new CacheVectors(Vectors.storeDir(file, file), file, scratch).run();
  }

  private int run() throws Exception {
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      narInfo(vector);
      count++;
    }
    for (var cache : file.require("caches").asObject().entrySet()) {
      if (cache.getValue().find("error").isEmpty()) {
        count += cache(cache.getKey(), cache.getValue());
      }
    }
    for (var vector : file.require("accept").asArray()) {
      accept(vector, scratch.resolve("accept-" + vector.require("label").asString()));
      count++;
    }
    twoSignatures(file.require("two_signatures"));
    return count + 1;
  }

  private void narInfo(Json vector) throws Exception {
    var text = vector.require("narinfo").asString();
    var name = vector.require("narinfo_file").asString();
    var narInfo = NarInfo.parse(logical, name, text);
    assertThat(narInfo.text(logical)).isEqualTo(text);
    assertThat(fields(narInfo.text(logical))).isEqualTo(vector.require("fields"));
    assertThat(name).isEqualTo(narInfo.info().path().hashPart() + NARINFO);
    var compression = vector.require("compression").asString();
    assertThat(narInfo.compression()).isEqualTo(compression);
    var inCache = file.require("caches").find(compression);
    if (inCache.isPresent()) {
      assertThat(text(inCache.get(), name)).isEqualTo(text);
    }
    var fingerprint = Trust.fingerprint(logical, narInfo.info());
    assertThat(new String(fingerprint, StandardCharsets.UTF_8))
        .isEqualTo(vector.require("fingerprint").asString());
    var signature = Signature.parse(vector.require("signature").asString());
    var key = PublicKey.parse(vector.require("public_key").asString());
    assertThat(secret.sign(fingerprint))
        .isEqualTo(signature)
        .hasToString(vector.require("signature").asString());
    assertThat(narInfo.info().signatures()).containsExactly(signature.toString());
    assertThat(key.verifies(signature, fingerprint)).isTrue();
    fingerprint[5] ^= 1;
    assertThat(key.verifies(signature, fingerprint)).isFalse();
  }

  /// Returns the lines of a narinfo by their keys.
  private static Json fields(String text) {
    var fields = new TreeMap<String, Json>();
    var signatures = new ArrayList<String>();
    for (var line : text.lines().toList()) {
      var colon = line.indexOf(": ");
      var key = line.substring(0, colon);
      fields.put(key, Json.of(line.substring(colon + 2)));
      if (key.equals("Sig")) {
        signatures.add(line.substring(colon + 2));
        fields.put(key, Json.strings(signatures));
      }
    }
    return new Json.Obj(fields);
  }

  private static String text(Json cache, String name) throws KilnException {
    return cache.require(name).require("text").asString();
  }

  /// Copies all of a cache to a store, makes its listings anew, and copies all to another cache.
  private int cache(String name, Json cache) throws Exception {
    var place = Files.createDirectory(scratch.resolve("cache-" + name));
    write(place.resolve("cache"), cache.asObject());
    var root = place.resolve("s");
    try {
      var store = Store.open(root, logical);
      var narInfos = new ArrayList<NarInfo>();
      for (var entry : cache.asObject().keySet()) {
        if (entry.endsWith(NARINFO)) {
          narInfos.add(NarInfo.parse(logical, entry, text(cache, entry)));
        }
      }
      var paths = new TreeSet<StorePath>();
      narInfos.forEach(one -> paths.add(one.info().path()));
      var trust = new Trust(List.of(secret.publicKey()));
      assertThat(copier(store, place.resolve("cache"), Compression.NONE).copyFrom(paths, trust))
          .isEqualTo(paths.size());
      for (var one : narInfos) {
        copied(store, cache, one);
      }
      var again = place.resolve("again");
      copier(store, again, Compression.parse(name)).copyTo(paths);
      assertThat(again.resolve(CACHE_INFO)).hasContent(text(cache, CACHE_INFO));
      for (var one : narInfos) {
        var copy = Files.readString(again.resolve(one.info().path().hashPart() + NARINFO));
        var parsed = NarInfo.parse(logical, "copy", copy);
        assertThat(parsed.info()).isEqualTo(one.info());
        assertThat(name.equals("none") ? parsed : one).isEqualTo(one);
      }
      return narInfos.size();
    } finally {
      TestStores.delete(root);
    }
  }

  private FileCacheOperation copier(Store store, Path cache, Compression compression) {
    return new FileCacheOperation(store, cache, compression, secret);
  }

  private void copied(Store store, Json cache, NarInfo narInfo) throws Exception {
    var info = narInfo.info();
    assertThat(Vectors.facts(logical, store.requireInfo(info.path())))
        .isEqualTo(Vectors.facts(logical, info));
    var facts = Objects.requireNonNull(narInfo.file());
    assertThat(facts.size()).isEqualTo(Vectors.file(cache.require(narInfo.url())).length);
    var contents = NarWriter.contents(store.physical(info.path()));
    assertThat(contents.narHash()).isEqualTo(info.narHash());
    assertThat(contents.narSize()).isEqualTo(info.narSize());
    var listing = cache.find(info.path().hashPart() + ".ls");
    if (listing.isPresent()) {
      assertThat(NarListing.of(contents.entries()))
          .isEqualTo(Json.parse(listing.get().require("text").asString()));
    }
  }

  private static void write(Path cache, Map<String, Json> files) throws Exception {
    for (var entry : files.entrySet()) {
      var place = cache.resolve(entry.getKey());
      Files.createDirectories(Objects.requireNonNull(place.getParent()));
      Files.write(place, Vectors.file(entry.getValue()));
    }
  }

  /// Copies a path from a changed cache to an empty store.
  private void accept(Json vector, Path place) throws Exception {
    var label = vector.require("label").asString();
    var trust = Trust.parse(vector.require("trusted_public_keys").asString());
    var wanted = logical.parse(vector.require("path").asString());
    var files = new HashMap<>(file.require("caches").require("none").asObject());
    var changed = vector.find("changed_narinfo");
    if (changed.isPresent()) {
      for (var change : changed.get().asObject().entrySet()) {
        files.put(change.getKey(), Json.object().put("text", change.getValue()).build());
      }
    }
    write(place.resolve("cache"), files);
    if (label.equals("nar-contents-flipped")) {
      flip(place.resolve("cache"), text(new Json.Obj(files), wanted.hashPart() + NARINFO));
    }
    var root = place.resolve("s");
    try {
      var store = Store.open(root, logical);
      var copier = copier(store, place.resolve("cache"), Compression.NONE);
      var accepted = vector.require("accepted").asBoolean();
      assertThat(vector.find("registered").isPresent()).as(label).isEqualTo(accepted);
      if (!accepted || label.equals(STRICTER)) {
        assertThat(accepted).as(label).isEqualTo(label.equals(STRICTER));
        assertThatThrownBy(() -> copier.copyFrom(List.of(wanted), trust))
            .as(label)
            .isInstanceOfAny(KilnException.class, IOException.class);
        assertThat(store.isValid(wanted)).as(label).isFalse();
      } else {
        copier.copyFrom(List.of(wanted), trust);
        assertThat(Vectors.facts(logical, store.requireInfo(wanted)))
            .as(label)
            .isEqualTo(vector.require("registered"));
      }
      if (accepted) {
        var text = text(new Json.Obj(files), wanted.hashPart() + NARINFO);
        assertThat(Vectors.facts(logical, NarInfo.parse(logical, label, text).info()))
            .isEqualTo(vector.require("registered"));
      }
    } finally {
      TestStores.delete(root);
    }
  }

  /// Changes what a script in the tree says.
  private void flip(Path cache, String narInfo) throws Exception {
    var nar = cache.resolve(NarInfo.parse(logical, "flipped", narInfo).url());
    var bytes = ByteString.of(Files.readAllBytes(nar));
    Files.write(nar, bytes.replace(ByteString.of("exec "), ByteString.of("dxec ")).bytes());
  }

  private void twoSignatures(Json vector) throws Exception {
    var text = vector.require("narinfo").asString();
    var narInfo = NarInfo.parse(logical, "twice", text);
    assertThat(narInfo.text(logical)).isEqualTo(text);
    assertThat(Vectors.facts(logical, narInfo.info())).isEqualTo(vector.require("path_info"));
    var fingerprint = Trust.fingerprint(logical, narInfo.info());
    assertThat(narInfo.info().signatures())
        .containsExactlyInAnyOrder(
            secret.sign(fingerprint).toString(), other.sign(fingerprint).toString());
    for (var key : List.of(secret, other)) {
      assertThat(new Trust(List.of(key.publicKey())).accepts(logical, narInfo.info())).isTrue();
    }
  }
}
