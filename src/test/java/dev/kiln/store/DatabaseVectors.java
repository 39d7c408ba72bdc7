package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.json.Json;
import dev.kiln.store.format.Registration;
import dev.kiln.store.format.Trust;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// database.json. A list that is empty says nothing.
final class DatabaseVectors {
  private final StoreDir logical;
  private final Json file;
  private final SortedSet<String> rows = new TreeSet<>();
  private final Map<StorePath, SortedSet<StorePath>> outputs = new HashMap<>();

  private DatabaseVectors(StoreDir logical, Json file) {
    this.logical = logical;
    this.file = file;
  }

  static int database(Json file, Path scratch) throws Exception {
    var vectors = new DatabaseVectors(Vectors.storeDir(file, file), file);
    var store = Store.open(scratch.resolve("s"), vectors.logical);
    return vectors.registrations() + vectors.asking(store);
  }

  private List<Registration> registered(String field) throws KilnException {
    return Registration.parse(logical, file.require(field).asString(), true);
  }

  private int registrations() throws Exception {
    var count = 0;
    for (var field : new String[] {"dump_db", "load_db_input"}) {
      var registered = registered(field);
      assertThat(registered.stream().map(one -> one.text(logical)).collect(Collectors.joining()))
          .isEqualTo(file.require(field).asString());
      count += registered.size();
    }
    var loaded = new ArrayList<Json>();
    for (var one : registered("load_db_input")) {
      loaded.add(Vectors.facts(logical, info(one, false, List.of(), null)));
    }
    same(loaded, file.require("loaded").asArray());
    return count;
  }

  private static <T> void same(List<T> kilns, List<T> nixes) {
    if (!nixes.isEmpty()) {
      assertThat(kilns).isEqualTo(nixes);
    }
  }

  private static PathInfo info(
      Registration one, boolean ultimate, List<String> signatures, @Nullable String ca) {
    var nar = Objects.requireNonNull(one.nar());
    return new PathInfo(
        one.path(),
        nar.hash(),
        nar.size(),
        one.references(),
        one.deriver(),
        Instant.ofEpochSecond(1),
        ultimate,
        signatures,
        ca);
  }

  /// Fills a store with records of what the dump says, and asks it what Nix was asked.
  private int asking(Store store) throws Exception {
    var known = new TreeMap<String, Json>();
    for (var row : file.require("cases").asArray()) {
      known.put(row.require("path").asString(), row);
    }
    var references = new ArrayList<List<String>>();
    for (var one : registered("dump_db")) {
      var path = logical.resolve(one.path());
      var row = known.remove(path);
      var info = row == null ? info(one, false, List.of(), null) : row(one, row);
      assertThat(row == null).isEqualTo(file.require("cases").asArray().isEmpty());
      Files.write(store.layout().info(one.path()), PathRecords.write(logical, info).bytes());
      assertThat(store.requireInfo(one.path())).isEqualTo(info);
      rows.add(path);
      for (var reference : one.references()) {
        references.add(List.of(path, logical.resolve(reference)));
      }
    }
    assertThat(known).isEmpty();
    references.sort((a, b) -> a.toString().compareTo(b.toString()));
    var pairs = new ArrayList<List<String>>();
    for (var pair : file.require("refs").asArray()) {
      pairs.add(pair.asStrings());
    }
    same(references, pairs);
    outputs(store);
    var graph = new StoreGraph(store);
    for (var query : file.require("queries").asArray()) {
      ask(graph, query);
    }
    return rows.size() + 11 * file.require("queries").asArray().size();
  }

  /// Returns the row of a path. What Nix built is ultimate and has a deriver, all else an address.
  private PathInfo row(Registration one, Json row) throws KilnException {
    var signatures =
        row.find("sigs").isPresent()
            ? List.of(row.require("sigs").asString().split(" ", -1))
            : List.<String>of();
    var ca = row.find("ca").isPresent() ? row.require("ca").asString() : null;
    var ultimate = row.find("ultimate");
    var info = info(one, ultimate.isPresent(), signatures, ca);
    var deriver = one.deriver();
    assertThat(Digest.parse(row.require("hash").asString(), HashAlgorithm.SHA256))
        .isEqualTo(info.narHash());
    assertThat(row.require("hash").asString()).isEqualTo("sha256:" + info.narHash().hex());
    assertThat(row.require("narSize").asLong()).isEqualTo(info.narSize());
    assertThat(row.find("deriver").isPresent() ? row.require("deriver").asString() : null)
        .isEqualTo(deriver == null ? null : logical.resolve(deriver));
    assertThat(ultimate.isPresent() ? ultimate.get().asLong() : 0)
        .isEqualTo(deriver == null ? 0 : 1);
    assertThat(Trust.isContentAddressed(logical, info)).isEqualTo(deriver == null);
    assertThat(ca == null).isEqualTo(deriver != null);
    return info;
  }

  /// An output is named after its derivation, which is its deriver where it is valid.
  private void outputs(Store store) throws KilnException {
    var derivations = new TreeSet<StorePath>();
    for (var row : file.require("derivation_outputs").asArray()) {
      var texts = row.asStrings();
      var derivation = logical.parse(texts.get(0));
      var path = logical.parse(texts.get(2));
      var name = derivation.name().replaceFirst("\\.drv$", "");
      assertThat(path.name()).isEqualTo(StorePaths.outputName(name, texts.get(1)));
      assertThat(store.requireInfo(path).deriver()).isEqualTo(derivation);
      outputs.computeIfAbsent(derivation, _ -> new TreeSet<>()).add(path);
      derivations.add(path);
    }
    for (var path : outputs.isEmpty() ? new TreeSet<StorePath>() : store.validPaths()) {
      assertThat(derivations.contains(path)).isEqualTo(store.requireInfo(path).deriver() != null);
    }
  }

  private void ask(StoreGraph graph, Json query) throws Exception {
    var path = logical.parse(query.require("path").asString());
    var info = graph.info(path);
    var deriver = info.deriver();
    var closure = graph.closure(List.of(path));
    assertThat(query.require("deriver").asString())
        .isEqualTo(deriver == null ? "unknown-deriver" : logical.resolve(deriver));
    assertThat(query.require("hash").asString()).isEqualTo(info.narHash().prefixedNix32());
    assertThat(query.require("size").asLong()).isEqualTo(info.narSize());
    check(query, "references", info.references());
    check(query, "referrers", graph.referrers(path));
    check(query, "requisites", closure);
    check(query, "referrers_closure", graph.referrersClosure(List.of(path)));
    assertThat(graph.sorted(closure).stream().map(logical::resolve))
        .containsExactlyElementsOf(query.require("requisites_in_order").asStrings());
    if (path.isDerivation() && !outputs.isEmpty()) {
      check(query, "outputs", outputs.getOrDefault(path, new TreeSet<>()));
      var all = new TreeSet<>(closure);
      for (var member : closure) {
        all.addAll(graph.closure(outputs.getOrDefault(member, new TreeSet<>())));
      }
      check(query, "requisites_include_outputs", all);
    }
  }

  private void check(Json query, String field, SortedSet<StorePath> kilns) throws KilnException {
    assertThat(kilns.stream().map(logical::resolve))
        .as(field)
        .containsExactlyElementsOf(query.require(field).asStrings());
  }
}
