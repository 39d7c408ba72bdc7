package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.Compression;
import dev.kiln.archive.NarReader;
import dev.kiln.archive.NarVisitor;
import dev.kiln.archive.NarWriter;
import dev.kiln.digest.Digest;
import dev.kiln.json.Json;
import dev.kiln.store.format.ExportReader;
import dev.kiln.store.format.ExportWriter;
import dev.kiln.store.format.NarInfo;
import dev.kiln.store.format.NarListing;
import dev.kiln.store.format.PublicKey;
import dev.kiln.store.format.Registration;
import dev.kiln.store.format.SecretKey;
import dev.kiln.store.format.Signature;
import dev.kiln.store.format.Trust;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// binary-cache.json, export.json, the texts of database.json.
final class CacheVectors {
  private CacheVectors() {}

  static int binaryCaches(Json file, Path scratch) throws Exception {
    var store = Vectors.storeDir(file, file);
    var keys = file.require("test_keys");
    var secret = SecretKey.parse(keys.require("secret_key_file").asString());
    assertThat(secret.secretText()).isEqualTo(keys.require("secret_key_file").asString());
    assertThat(secret.publicKey())
        .hasToString(keys.require("public_key_file").asString())
        .isEqualTo(PublicKey.parse(keys.require("public_key_file").asString()));
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      narInfo(store, vector, secret);
      count++;
    }
    for (var cache : file.require("caches").asObject().entrySet()) {
      count += cache(store, cache.getValue(), scratch.resolve(cache.getKey()));
    }
    var plain = file.require("caches").require("none");
    for (var vector : file.require("accept").asArray()) {
      var accepted = accepts(store, plain, vector);
      assertThat(accepted)
          .as(vector.require("label").asString())
          .isEqualTo(vector.require("accepted").asBoolean());
      count++;
    }
    var twice = file.require("two_signatures").require("narinfo").asString();
    assertThat(NarInfo.parse(store, "twice", twice).text(store)).isEqualTo(twice);
    return count + 1;
  }

  private static void narInfo(StoreDir store, Json vector, SecretKey secret) throws Exception {
    var text = vector.require("narinfo").asString();
    var narInfo = NarInfo.parse(store, vector.require("narinfo_file").asString(), text);
    assertThat(narInfo.text(store)).isEqualTo(text);
    var fingerprint = Trust.fingerprint(store, narInfo.info());
    assertThat(new String(fingerprint, StandardCharsets.UTF_8))
        .isEqualTo(vector.require("fingerprint").asString());
    var signature = Signature.parse(vector.require("signature").asString());
    var key = PublicKey.parse(vector.require("public_key").asString());
    assertThat(secret.sign(fingerprint)).isEqualTo(signature);
    assertThat(key.verifies(signature, fingerprint)).isTrue();
    fingerprint[5] ^= 1;
    assertThat(key.verifies(signature, fingerprint)).isFalse();
  }

  /// Unpacks every NAR of a cache, and makes its listings anew.
  private static int cache(StoreDir store, Json cache, Path place) throws Exception {
    Files.createDirectory(place);
    var count = 0;
    for (var name : cache.asObject().keySet()) {
      if (!name.endsWith(".narinfo")) {
        continue;
      }
      var narInfo = NarInfo.parse(store, name, text(cache, name));
      var nar = Vectors.file(cache.require(narInfo.url()));
      var tree = place.resolve(narInfo.info().path().baseName());
      var compression = Compression.parse(narInfo.compression());
      try (var in = compression.decompress(new ByteArrayInputStream(nar))) {
        NarReader.restore(in, tree);
      }
      var contents = NarWriter.contents(tree);
      assertThat(contents.narHash()).isEqualTo(narInfo.info().narHash());
      assertThat(contents.narSize()).isEqualTo(narInfo.info().narSize());
      var listing = cache.find(name.replace(".narinfo", ".ls"));
      if (listing.isPresent()) {
        assertThat(NarListing.of(contents.entries()))
            .isEqualTo(Json.parse(listing.get().require("text").asString()));
      }
      count++;
    }
    return count;
  }

  private static String text(Json cache, String name) throws KilnException {
    return cache.require(name).require("text").asString();
  }

  /// Copies a path as Nix would, its references first.
  private static boolean accepts(StoreDir store, Json cache, Json vector) throws Exception {
    var trust = Trust.parse(vector.require("trusted_public_keys").asString());
    var files = new HashMap<>(cache.asObject());
    files.putAll(changes(vector));
    var wanted = store.parse(vector.require("path").asString());
    if (vector.require("label").asString().equals("nar-contents-flipped")) {
      flipNar(store, files, wanted);
    }
    try {
      return accepts(store, new Json.Obj(files), wanted, trust);
    } catch (KilnException | IOException e) {
      return false;
    }
  }

  private static void flipNar(StoreDir store, Map<String, Json> files, StorePath path)
      throws KilnException {
    var cache = new Json.Obj(files);
    var name = path.hashPart() + ".narinfo";
    var url = NarInfo.parse(store, name, text(cache, name)).url();
    var nar = Vectors.file(cache.require(url));
    nar[nar.length / 2] ^= 1;
    var text = Base64.getEncoder().encodeToString(nar);
    files.put(url, Json.object().put("base64", text).build());
  }

  private static Map<String, Json> changes(Json vector) throws KilnException {
    var changes = new HashMap<String, Json>();
    var found = vector.find("changed_narinfo");
    if (found.isPresent()) {
      found
          .get()
          .asObject()
          .forEach((name, text) -> changes.put(name, Json.object().put("text", text).build()));
    }
    return changes;
  }

  private static boolean accepts(StoreDir store, Json cache, StorePath path, Trust trust)
      throws Exception {
    var name = path.hashPart() + ".narinfo";
    var narInfo = NarInfo.parse(store, name, text(cache, name));
    var info = narInfo.info();
    if (!info.path().equals(path) || !trust.accepts(store, info)) {
      return false;
    }
    for (var reference : info.references()) {
      if (!reference.equals(path) && !accepts(store, cache, reference, trust)) {
        return false;
      }
    }
    var file = new ByteArrayInputStream(Vectors.file(cache.require(narInfo.url())));
    try (var in = Compression.parse(narInfo.compression()).decompress(file)) {
      var nar = in.readAllBytes();
      NarReader.read(new ByteArrayInputStream(nar), new NarVisitor() {});
      return nar.length == info.narSize() && Digest.sha256(nar).equals(info.narHash());
    }
  }

  static int exports(Json file, Path scratch) throws Exception {
    var store = Vectors.storeDir(file, file);
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      var place = Files.createDirectory(scratch.resolve("export-" + count));
      export(store, vector, place);
      count++;
    }
    for (var vector : file.require("bad_streams").asArray()) {
      var stream = new ByteArrayInputStream(Vectors.bytes(vector, "stream"));
      var place = Files.createDirectory(scratch.resolve("export-" + count));
      assertThatThrownBy(() -> readAll(store, stream, place, new ByteArrayOutputStream()))
          .as(vector.require("label").asString())
          .isInstanceOf(KilnException.class);
      count++;
    }
    return count;
  }

  /// Reads a stream and writes it again from what was unpacked.
  private static void export(StoreDir store, Json vector, Path place) throws Exception {
    var stream = Vectors.bytes(vector, "stream");
    var again = new ByteArrayOutputStream();
    var imported = readAll(store, new ByteArrayInputStream(stream), place, again);
    assertThat(again.toByteArray()).isEqualTo(stream);
    var infos = new HashMap<String, Json>();
    for (var path : vector.require("paths").asArray()) {
      infos.put(path.require("path").asString(), path);
    }
    assertThat(imported).hasSize(infos.size());
    for (var one : imported) {
      var info = Objects.requireNonNull(infos.get(store.resolve(one.entry().path())));
      assertThat(one.nar().hash().sri()).isEqualTo(info.require("narHash_sri").asString());
      assertThat(one.nar().size()).isEqualTo(info.require("narSize").asLong());
      assertThat(one.entry().references())
          .isEqualTo(Vectors.paths(store, info.require("references")));
    }
    if (vector.find("import_prints").isPresent()) {
      assertThat(imported.stream().map(one -> store.resolve(one.entry().path())).toList())
          .isEqualTo(vector.require("import_prints").asStrings());
    }
  }

  private static List<ExportReader.Imported> readAll(
      StoreDir store, ByteArrayInputStream stream, Path place, ByteArrayOutputStream again)
      throws Exception {
    var reader = new ExportReader(store, stream);
    var writer = new ExportWriter(store, again);
    var imported = new ArrayList<ExportReader.Imported>();
    while (reader.hasNext()) {
      var tree = place.resolve("tree-" + imported.size());
      var one = reader.read(tree);
      imported.add(one);
      writer.write(one.entry(), out -> NarWriter.dump(tree, out));
    }
    writer.finish();
    return imported;
  }

  static int registrations(Json file, Path scratch) throws Exception {
    var store = Vectors.storeDir(file, file);
    var count = 0;
    for (var field : new String[] {"dump_db", "load_db_input"}) {
      var text = file.require(field).asString();
      var registrations = Registration.parse(store, text, true);
      assertThat(registrations.stream().map(one -> one.text(store)).collect(Collectors.joining()))
          .isEqualTo(text);
      count += registrations.size();
    }
    var rows = new HashMap<String, Json>();
    for (var row : file.require("cases").asArray()) {
      rows.put(row.require("path").asString(), row);
    }
    for (var one : Registration.parse(store, file.require("dump_db").asString(), true)) {
      var row = Objects.requireNonNull(rows.get(store.resolve(one.path())));
      var nar = Objects.requireNonNull(one.nar());
      assertThat("sha256:" + nar.hash().hex()).isEqualTo(row.require("hash").asString());
      assertThat(nar.size()).isEqualTo(row.require("narSize").asLong());
    }
    return count;
  }
}
