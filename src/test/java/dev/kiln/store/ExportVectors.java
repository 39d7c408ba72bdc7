package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.NarWriter;
import dev.kiln.json.Json;
import dev.kiln.ops.store.TransferOperation;
import dev.kiln.store.format.ExportReader;
import dev.kiln.store.format.ExportWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// export.json.
final class ExportVectors {
  private ExportVectors() {}

  static int exports(Json file, Path scratch) throws Exception {
    var logical = Vectors.storeDir(file, file);
    var count = 0;
    for (var vector : file.require("cases").asArray()) {
      var place = Files.createDirectory(scratch.resolve("export-" + count));
      exported(logical, vector, place);
      imported(logical, vector, place);
      count++;
    }
    for (var vector : file.require("bad_streams").asArray()) {
      imported(logical, vector, Files.createDirectory(scratch.resolve("export-" + count)));
      count++;
    }
    return count;
  }

  /// Reads a stream, writes it again from what was unpacked, and compares its paths with what the
  /// store knew that it comes from.
  private static void exported(StoreDir logical, Json vector, Path place) throws Exception {
    var stream = Vectors.bytes(vector, "stream");
    var again = new ByteArrayOutputStream();
    var reader = new ExportReader(logical, new ByteArrayInputStream(stream));
    var writer = new ExportWriter(logical, again);
    var paths = new ArrayList<Json>();
    var names = new ArrayList<String>();
    while (reader.hasNext()) {
      var tree = place.resolve("tree-" + paths.size());
      var one = reader.read(tree);
      writer.write(one.entry(), out -> NarWriter.dump(tree, out));
      paths.add(Vectors.facts(logical, known(logical, one, tree)));
      names.add(logical.resolve(one.entry().path()));
    }
    writer.finish();
    assertThat(again.toByteArray()).isEqualTo(stream);
    assertThat(paths).containsExactlyInAnyOrderElementsOf(vector.require("paths").asArray());
    assertThat(names).containsExactlyInAnyOrderElementsOf(vector.require("arguments").asStrings());
  }

  /// Returns what a store knows of its own path: what it built has a deriver, all else an address.
  private static PathInfo known(StoreDir logical, ExportReader.Imported one, Path tree)
      throws Exception {
    var entry = one.entry();
    var nar = new ByteArrayOutputStream();
    NarWriter.dump(tree, nar);
    return new PathInfo(
        entry.path(),
        one.nar().hash(),
        one.nar().size(),
        entry.references(),
        entry.deriver(),
        Instant.EPOCH,
        entry.deriver() != null,
        List.of(),
        Vectors.address(logical, entry.path(), entry.references(), nar.toByteArray()));
  }

  /// Imports a stream into an empty store, and exports what came from there again.
  private static void imported(StoreDir logical, Json vector, Path place) throws Exception {
    var root = place.resolve("s");
    try {
      var store = Store.open(root, logical);
      var transfer = new TransferOperation(store);
      var stream = Vectors.bytes(vector, "stream");
      var printed = new ArrayList<String>();
      if (!vector.require("import_accepts").asBoolean()) {
        assertThatThrownBy(() ->
                transfer.importFrom(
                    new ByteArrayInputStream(stream), path -> printed.add(path.baseName())))
            .as(vector.require("label").asString())
            .isInstanceOf(KilnException.class);
        assertThat(store.validPaths().stream().map(StorePath::baseName))
            .containsExactlyInAnyOrderElementsOf(printed);
        return;
      }
      transfer.importFrom(
          new ByteArrayInputStream(stream), path -> printed.add(logical.resolve(path)));
      assertThat(printed).isEqualTo(vector.require("import_prints").asStrings());
      var known = new ArrayList<Json>();
      var paths = new TreeSet<StorePath>();
      for (var path : printed) {
        paths.add(logical.parse(path));
      }
      for (var path : paths) {
        known.add(Vectors.facts(logical, store.requireInfo(path)));
      }
      var imported = vector.find("imported");
      assertThat(known).isEqualTo(imported.isPresent() ? imported.get().asArray() : List.of());
      var again = new ByteArrayOutputStream();
      transfer.exportTo(again, Vectors.paths(logical, vector.require("arguments")));
      assertThat(again.toByteArray()).isEqualTo(stream);
    } finally {
      TestStores.delete(root);
    }
  }
}
