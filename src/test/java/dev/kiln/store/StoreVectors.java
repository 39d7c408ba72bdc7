package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.FileNames;
import dev.kiln.archive.NarWriter;
import dev.kiln.archive.Trees;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.json.Json;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Vectors of what a store does with its objects: collecting, optimising, asking.
final class StoreVectors {
  private StoreVectors() {}

  static int collecting(Json file, Path scratch) throws Exception {
    var checked = 0;
    for (var root : file.require("indirect_root_names").asArray()) {
      var link = absolute(scratch, root.require("link_path").asString());
      assertThat(Roots.autoName(link)).isEqualTo(root.require("auto_name").asString());
      checked++;
    }
    for (var variant : file.require("cases").asArray()) {
      var place = Files.createDirectory(scratch.resolve("v" + variant.require("variant").asLong()));
      checked += new Collecting(Vectors.storeDir(variant, file), variant, place).check();
    }
    return checked;
  }

  private static Path absolute(Path any, String path) {
    var place = any.getRoot();
    for (var name : path.substring(1).split("/", -1)) {
      place = FileNames.resolve(place, ByteString.of(name));
    }
    return place;
  }

  /// One graph with its roots.
  private record Collecting(StoreDir logical, Json variant, Path place) {
    int check() throws Exception {
      var root = place.resolve("s");
      try {
        return check(root);
      } finally {
        Trees.delete(root);
      }
    }

    private int check(Path root) throws Exception {
      build(place.resolve("made"));
      Installer.copy(place.resolve("made"), root);
      Trees.delete(place.resolve("made"));
      var store = Store.open(root, logical);
      for (var name : variant.require("unregistered_entries").asStrings()) {
        Files.createDirectory(store.physicalDirectory().resolve(name));
      }
      addRoots(store);
      var outputs = outputs();
      var collector =
          new GarbageCollector(
              store, derivation -> outputs.getOrDefault(derivation, new TreeSet<>()));
      var checked = 0;
      for (var result : variant.require("results").asArray()) {
        checked += survey(collector, result);
      }
      assertThat(collector.roots().stream().map(GcRoot::path).distinct()).hasSize(roots());
      var _ = collector.collect(GarbageCollector.Options.DEFAULT);
      var left = new TreeSet<String>(StoreProcess.names(store.physicalDirectory()));
      left.remove(".links");
      assertThat(left)
          .containsExactlyElementsOf(variant.require("store_after_default_gc").asStrings());
      return checked + 1 + deletions(store, collector);
    }

    private int roots() throws KilnException {
      return variant.require("roots").asArray().size();
    }

    private int survey(GarbageCollector collector, Json result) throws KilnException {
      var options =
          new GarbageCollector.Options(
              result.require("keep_outputs").asBoolean(),
              result.require("keep_derivations").asBoolean(),
              Long.MAX_VALUE);
      var survey = collector.survey(options);
      assertThat(survey.live()).isEqualTo(Vectors.paths(logical, result.require("live")));
      var dead = new TreeSet<>(survey.dead());
      for (var name : survey.junk()) {
        if (!name.equals("not-a-store-path")) {
          dead.add(new StorePath(name));
        }
      }
      assertThat(survey.junk()).contains("not-a-store-path");
      assertThat(dead).isEqualTo(Vectors.paths(logical, result.require("dead")));
      return 2;
    }

    private Map<StorePath, SortedSet<StorePath>> outputs() throws KilnException {
      var outputs = new HashMap<StorePath, SortedSet<StorePath>>();
      for (var row : variant.require("derivation_outputs").asArray()) {
        outputs
            .computeIfAbsent(logical.parse(row.asArray().get(0).asString()), _ -> new TreeSet<>())
            .add(logical.parse(row.asArray().get(2).asString()));
      }
      return outputs;
    }

    private void build(Path made) throws Exception {
      var store = Store.open(made, logical);
      var waiting = new ArrayList<>(variant.require("graph").asArray());
      while (!waiting.isEmpty()) {
        var before = waiting.size();
        for (var node : List.copyOf(waiting)) {
          var path = logical.parse(node.require("path").asString());
          var references = Vectors.paths(logical, node.require("references"));
          var missing = new TreeSet<>(references);
          missing.remove(path);
          missing.removeIf(reference -> isValid(store, reference));
          if (missing.isEmpty()) {
            add(store, path, references, node.find("deriver").orElse(null));
            waiting.remove(node);
          }
        }
        assertThat(waiting).hasSizeLessThan(before);
      }
      store.flush();
    }

    private static boolean isValid(Store store, StorePath path) {
      try {
        return store.isValid(path);
      } catch (KilnException e) {
        throw new AssertionError(e);
      }
    }

    private void add(
        Store store, StorePath path, SortedSet<StorePath> references, @Nullable Json deriver)
        throws Exception {
      var staged = Files.writeString(store.newStaging().resolve("x"), path.name());
      store.canonicalise(staged);
      var contents = NarWriter.contents(staged);
      var info =
          new PathInfo(
              path,
              contents.narHash(),
              contents.narSize(),
              references,
              deriver == null ? null : logical.parse(deriver.asString()),
              Instant.EPOCH,
              false,
              List.of(),
              null);
      store.install(info, staged);
    }

    private void addRoots(Store store) throws Exception {
      var number = 0;
      for (var root : variant.require("roots").asArray()) {
        var target = logical.parse(root.require("target").asString());
        var entry = store.root().resolve("roots").resolve("root-" + number++);
        switch (root.require("kind").asString()) {
          case "indirect" -> store.addIndirectRoot(place.resolve("result"), target);
          case "regular-file-named-like-the-path" ->
              Files.createFile(store.root().resolve("roots").resolve(target.baseName()));
          default -> Files.createSymbolicLink(entry, store.physical(target));
        }
      }
    }

    private int deletions(Store store, GarbageCollector collector) throws Exception {
      var checked = 0;
      for (var attempt : variant.require("delete_one_by_one_until_success").asArray()) {
        var path = logical.parse(attempt.require("path").asString());
        if (attempt.require("deleted").asBoolean()) {
          assertThat(collector.delete(List.of(path), false).paths()).containsExactly(path);
          assertThat(store.physical(path)).doesNotExist();
        } else {
          assertThatThrownBy(() -> collector.delete(List.of(path), false))
              .hasMessageContaining("since it is still alive");
          assertThat(store.isValid(path)).isTrue();
        }
        checked++;
      }
      return checked;
    }
  }

  static int optimising(Json file, Path scratch) throws Exception {
    var logical = Vectors.storeDir(file, file);
    var store = Store.open(scratch.resolve("s"), logical);
    var trees = Files.createDirectory(scratch.resolve("t"));
    var objects = new TreeSet<StorePath>();
    for (var entry : file.require("cases").asArray()) {
      var path = entry.require("path").asString().substring(logical.path().length() + 1);
      objects.add(logical.parseInside(entry.require("path").asString()));
      var place = trees.resolve(path);
      Files.createDirectories(place.getParent());
      if (entry.require("type").asString().equals("symlink")) {
        FileNames.createLink(place, ByteString.of(entry.require("target").asString()));
      } else {
        Files.write(place, Vectors.bytes(entry, "contents"));
        var mode = entry.require("executable").asBoolean() ? 0755 : 0644;
        Files.setPosixFilePermissions(place, Vectors.permissions(mode));
      }
    }
    var physical = new HashMap<StorePath, StorePath>();
    for (var object : objects) {
      var tree = trees.resolve(object.baseName());
      physical.put(object, store.addTree(object.name(), tree, new TreeSet<>()));
    }
    var before = new HashMap<StorePath, Digest>();
    for (var path : physical.values()) {
      before.put(path, NarWriter.hash(store.physical(path)).hash());
    }

    var warnings = new ArrayList<String>();
    var _ = new Optimiser(store, warnings::add).optimise();

    assertThat(warnings).isEmpty();
    var links = file.require("links").asObject();
    assertThat(StoreProcess.names(store.layout().links()))
        .containsExactlyInAnyOrderElementsOf(links.keySet());
    for (var link : links.entrySet()) {
      assertThat(
              Files.getAttribute(
                  store.layout().links().resolve(link.getKey()),
                  "unix:nlink",
                  LinkOption.NOFOLLOW_LINKS))
          .isEqualTo((int) link.getValue().require("nlink").asLong());
    }
    for (var path : physical.values()) {
      assertThat(NarWriter.hash(store.physical(path)).hash()).isEqualTo(before.get(path));
      assertThat(Files.getLastModifiedTime(store.physical(path)).toMillis()).isEqualTo(1000);
    }
    Trees.delete(scratch.resolve("s"));
    return links.size() + before.size();
  }

  static int asking(Json file, Path scratch) throws Exception {
    var logical = Vectors.storeDir(file, file);
    var store = Store.open(scratch.resolve("s"), logical);
    var references = new HashMap<StorePath, TreeSet<StorePath>>();
    for (var row : file.require("refs").asArray()) {
      references
          .computeIfAbsent(logical.parse(row.asArray().get(0).asString()), _ -> new TreeSet<>())
          .add(logical.parse(row.asArray().get(1).asString()));
    }
    for (var row : file.require("cases").asArray()) {
      var path = logical.parse(row.require("path").asString());
      var info =
          new PathInfo(
              path,
              Digest.parse(row.require("hash").asString(), HashAlgorithm.SHA256),
              row.require("narSize").asLong(),
              references.getOrDefault(path, new TreeSet<>()),
              row.find("deriver").isPresent()
                  ? logical.parse(row.require("deriver").asString())
                  : null,
              Instant.ofEpochSecond(1),
              row.find("ultimate").isPresent(),
              row.find("sigs").isPresent()
                  ? List.of(row.require("sigs").asString().split(" ", -1))
                  : List.of(),
              row.find("ca").isPresent() ? row.require("ca").asString() : null);
      var record = PathRecords.write(logical, info);
      Files.write(store.layout().info(path), record.bytes());
      assertThat(store.requireInfo(path)).isEqualTo(info);
    }
    var graph = new StoreGraph(store);
    var checked = 0;
    for (var query : file.require("queries").asArray()) {
      var path = logical.parse(query.require("path").asString());
      assertThat(graph.info(path).references())
          .isEqualTo(Vectors.paths(logical, query.require("references")));
      assertThat(graph.referrers(path))
          .isEqualTo(Vectors.paths(logical, query.require("referrers")));
      assertThat(graph.closure(List.of(path)))
          .isEqualTo(Vectors.paths(logical, query.require("requisites")));
      assertThat(graph.referrersClosure(List.of(path)))
          .isEqualTo(Vectors.paths(logical, query.require("referrers_closure")));
      assertThat(graph.sorted(graph.closure(List.of(path))).stream().map(logical::resolve))
          .containsExactlyElementsOf(query.require("requisites_in_order").asStrings());
      checked += 5;
    }
    return checked;
  }
}
