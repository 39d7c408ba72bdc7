package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.FileNames;
import dev.kiln.archive.NarWriter;
import dev.kiln.archive.Trees;
import dev.kiln.digest.ByteString;
import dev.kiln.json.Json;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// gc.json, optimise.json: what a store does with its objects.
final class StoreVectors {
  private static final String WORK = "$WORK/";

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
      checkDerivers();
      var outputs = outputs();
      var collector =
          new GarbageCollector(
              store, derivation -> outputs.getOrDefault(derivation, new TreeSet<>()));
      var checked = 0;
      assertThat(variant.require("results").asArray()).hasSize(4);
      for (var result : variant.require("results").asArray()) {
        checked += survey(collector, result);
      }
      assertThat(printed(store, collector)).isEqualTo(variant.require("print_roots").asStrings());
      var _ = collector.collect(GarbageCollector.Options.DEFAULT);
      var left = new TreeSet<String>(StoreProcess.names(store.physicalDirectory()));
      left.remove(".links");
      assertThat(left)
          .containsExactlyElementsOf(variant.require("store_after_default_gc").asStrings());
      return checked + 1 + deletions(store, collector);
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
      for (var root : variant.require("roots").asArray()) {
        var target = logical.parse(root.require("target").asString());
        var roots = store.root().resolve("roots");
        switch (root.require("kind").asString()) {
          case "direct-symlink" -> link(roots.resolve("direct"), store.physical(target));
          case "direct-symlink-to-derivation" ->
              link(roots.resolve("sub/dir/drv"), store.physical(target));
          case "indirect" -> {
            var link = root.require("link").asString();
            assertThat(link).startsWith(WORK);
            var place = this.place.resolve(link.substring(WORK.length()));
            Files.createDirectories(Objects.requireNonNull(place.getParent()));
            store.addIndirectRoot(place, target);
          }
          case "regular-file-named-like-the-path" ->
              Files.createFile(roots.resolve(target.baseName()));
          case "profile-generation" ->
              link(roots.resolve("profiles/p-1-link"), store.physical(target));
          default -> throw new AssertionError("unknown kind of root in " + root.compact());
        }
      }
    }

    private static void link(Path link, Path target) throws Exception {
      Files.createDirectories(Objects.requireNonNull(link.getParent()));
      Files.createSymbolicLink(link, target);
    }

    /// Says the roots as Nix does, by its names of directories.
    private List<String> printed(Store store, GarbageCollector collector) throws Exception {
      var roots = store.root().resolve("roots").toString();
      return collector.roots().stream()
          .filter(root -> !root.source().startsWith("{"))
          .map(root ->
              root.source()
                      .replace(roots + "/profiles", "$ROOT/nix/var/nix/profiles")
                      .replace(roots, "$ROOT/nix/var/nix/gcroots")
                      .replace(place + "/", WORK)
                  + " -> "
                  + logical.resolve(root.path()))
          .sorted()
          .toList();
    }

    private long outputsLeft() throws KilnException {
      var left = Set.copyOf(variant.require("store_after_default_gc").asStrings());
      return outputs().values().stream()
          .flatMap(Collection::stream)
          .filter(path -> left.contains(path.baseName()))
          .count();
    }

    /// Every output's deriver is the derivation that has it.
    private void checkDerivers() throws Exception {
      var rows = new TreeSet<String>();
      for (var row : variant.require("derivation_outputs").asArray()) {
        var texts = row.asStrings();
        var derivation = logical.parse(texts.get(0)).name();
        var name = derivation.substring(0, derivation.length() - ".drv".length());
        assertThat(logical.parse(texts.get(2)).name())
            .isEqualTo(StorePaths.outputName(name, texts.get(1)));
        rows.add(texts.get(0) + " " + texts.get(2));
      }
      var derivers = new TreeSet<String>();
      for (var node : variant.require("graph").asArray()) {
        var deriver = node.find("deriver");
        if (deriver.isPresent()) {
          derivers.add(deriver.get().asString() + " " + node.require("path").asString());
        }
      }
      assertThat(derivers).isEqualTo(rows);
    }

    private int deletions(Store store, GarbageCollector collector) throws Exception {
      var checked = 0;
      var deleted = false;
      for (var attempt : variant.require("delete_one_by_one_until_success").asArray()) {
        var path = logical.parse(attempt.require("path").asString());
        assertThat(deleted).isFalse();
        deleted = attempt.require("deleted").asBoolean();
        if (deleted) {
          assertThat(collector.delete(List.of(path), false).paths()).containsExactly(path);
          assertThat(store.physical(path)).doesNotExist();
        } else {
          assertThatThrownBy(() -> collector.delete(List.of(path), false))
              .hasMessageContaining("since it is still alive");
          assertThat(store.isValid(path)).isTrue();
        }
        checked++;
      }
      assertThat(deleted || checked == outputsLeft()).isTrue();
      return checked;
    }
  }

  static int optimising(Json file, Path scratch) throws Exception {
    if (file.require("cases").asArray().isEmpty()) {
      return 0;
    }
    var logical = Vectors.storeDir(file, file);
    var root = scratch.resolve("s");
    try {
      return new Optimising(Store.open(root, logical), logical, file).check(scratch.resolve("t"));
    } finally {
      Trees.delete(root);
    }
  }

  /// One store with files that are the same.
  private record Optimising(Store store, StoreDir logical, Json file) {
    int check(Path trees) throws Exception {
      var objects = new TreeSet<StorePath>();
      for (var entry : file.require("cases").asArray()) {
        objects.add(logical.parseInside(entry.require("path").asString()));
        make(trees, entry);
      }
      for (var object : objects) {
        var tree = trees.resolve(object.baseName());
        assertThat(store.addTree(object.name(), tree, new TreeSet<>())).isEqualTo(object);
      }
      checkTree(objects, "narHash_before");
      var warnings = new ArrayList<String>();
      var _ = new Optimiser(store, warnings::add).optimise();
      assertThat(warnings).isEmpty();
      checkTree(objects, "narHash_after");
      for (var entry : file.require("cases").asArray()) {
        checkEntry(entry);
      }
      return checkLinks() + objects.size();
    }

    private void make(Path trees, Json entry) throws Exception {
      var place = trees.resolve(inStore(entry));
      Files.createDirectories(Objects.requireNonNull(place.getParent()));
      if (entry.require("type").asString().equals("symlink")) {
        FileNames.createLink(place, ByteString.of(entry.require("target").asString()));
      } else {
        Files.write(place, Vectors.bytes(entry, "contents"));
        var mode = entry.require("executable").asBoolean() ? 0755 : 0644;
        Files.setPosixFilePermissions(place, Vectors.permissions(mode));
      }
    }

    private String inStore(Json entry) throws Exception {
      return entry.require("path").asString().substring(logical.path().length() + 1);
    }

    /// The vectors speak of the one object that is a directory.
    private void checkTree(Set<StorePath> objects, String hash) throws Exception {
      for (var object : objects) {
        var tree = store.physical(object);
        assertThat(NarWriter.hash(tree).hash()).isEqualTo(store.requireInfo(object).narHash());
        assertThat(Vectors.modified(tree)).isEqualTo(1);
        if (Files.isDirectory(tree)) {
          assertThat(NarWriter.hash(tree).hash().sri()).isEqualTo(file.require(hash).asString());
          assertThat(Vectors.mode(tree)).isEqualTo(file.require("dir_mode_after").asString());
          assertThat(Vectors.modified(tree)).isEqualTo(file.require("dir_mtime_after").asLong());
        }
      }
    }

    private void checkEntry(Json entry) throws Exception {
      var place = store.physicalDirectory().resolve(inStore(entry));
      var link = store.layout().links().resolve(entry.require("link_name").asString());
      assertThat(attribute(place, "ino")).isEqualTo(attribute(link, "ino"));
      assertThat(attribute(place, "nlink")).isEqualTo((int) entry.require("nlink").asLong());
      var isLink = Files.isSymbolicLink(place);
      assertThat(entry.require("type").asString()).isEqualTo(isLink ? "symlink" : "regular");
      assertThat(entry.require("executable").asBoolean())
          .isEqualTo(!isLink && Vectors.mode(place).equals("0555"));
    }

    private int checkLinks() throws Exception {
      var links = file.require("links").asObject();
      assertThat(StoreProcess.names(store.layout().links()))
          .containsExactlyInAnyOrderElementsOf(links.keySet());
      for (var link : links.entrySet()) {
        var place = store.layout().links().resolve(link.getKey());
        var expected = link.getValue();
        assertThat(attribute(place, "nlink")).isEqualTo((int) expected.require("nlink").asLong());
        assertThat(Vectors.mode(place)).isEqualTo(expected.require("mode").asString());
        assertThat(Files.isSymbolicLink(place)).isEqualTo(expected.require("symlink").asBoolean());
      }
      return links.size();
    }

    private static Object attribute(Path place, String name) throws Exception {
      return Objects.requireNonNull(
          Files.getAttribute(place, "unix:" + name, LinkOption.NOFOLLOW_LINKS));
    }
  }
}
