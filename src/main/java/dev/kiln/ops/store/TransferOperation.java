package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.archive.NarHash;
import dev.kiln.archive.NarWriter;
import dev.kiln.archive.Trees;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.store.FileBatch;
import dev.kiln.store.PathInfo;
import dev.kiln.store.Store;
import dev.kiln.store.StoreGraph;
import dev.kiln.store.StorePath;
import dev.kiln.store.format.ExportEntry;
import dev.kiln.store.format.ExportReader;
import dev.kiln.store.format.ExportWriter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Exports objects as one stream and imports such streams, as `nix-store --export` and `--import`
/// do.
public final class TransferOperation {
  private final Store store;

  public TransferOperation(Store store) {
    this.store = store;
  }

  /// Writes these paths, dependencies first; refuses what is no longer what was registered.
  public void exportTo(OutputStream out, Collection<StorePath> paths)
      throws KilnException, IOException {
    var graph = new StoreGraph(store);
    var writer = new ExportWriter(store.storeDir(), out);
    for (var path : graph.sorted(new TreeSet<>(paths))) {
      var info = graph.info(path);
      writer.write(
          new ExportEntry(path, info.references(), info.deriver()), nar -> dump(info, nar));
    }
    writer.finish();
  }

  private void dump(PathInfo info, OutputStream out) throws IOException, KilnException {
    var hash = Digest.messageDigest(HashAlgorithm.SHA256);
    NarWriter.dump(store.physical(info.path()), new DigestOutputStream(out, hash));
    var found = new Digest(HashAlgorithm.SHA256, hash.digest());
    if (!found.equals(info.narHash())) {
      throw new KilnException(
          "hash of path '%s' has changed from '%s' to '%s'!"
              .formatted(
                  store.storeDir().resolve(info.path()),
                  info.narHash().prefixedNix32(),
                  found.prefixedNix32()),
          "run `kiln store verify --check-contents --repair`");
    }
  }

  /// Imports a stream, taking on trust what it says; `imported` hears of each path in turn. What
  /// came before a fault stays.
  public void importFrom(InputStream in, Consumer<StorePath> imported)
      throws KilnException, IOException {
    var reader = new ExportReader(store.storeDir(), new BufferedInputStream(in, 1 << 17));
    var batch = new FileBatch(store);
    try {
      importFrom(reader, batch, imported);
    } finally {
      batch.write();
    }
    store.flush();
  }

  private void importFrom(ExportReader reader, FileBatch batch, Consumer<StorePath> imported)
      throws KilnException, IOException {
    var staging = store.newStaging();
    try {
      for (var number = 0; reader.hasNext(); number++) {
        var small = reader.takeFile();
        if (small != null) {
          var file = small.file();
          var info = info(small.entry(), file.nar());
          if (info.path().isDerivation()) {
            batch.write(); // it is checked beside its inputs
            DerivationFiles.check(store, info.path().name(), file.contents().bytes());
          }
          batch.install(info, file.contents(), file.executable());
          imported.accept(info.path());
          continue;
        }
        batch.write(); // what the tree may refer to
        var tree = staging.resolve(Integer.toString(number));
        var read = reader.read(tree);
        DerivationFiles.check(store, read.entry().path().name(), tree);
        store.canonicaliseUnpacked(tree);
        store.install(info(read.entry(), read.nar()), tree);
        imported.accept(read.entry().path());
      }
    } finally {
      Trees.delete(staging);
    }
  }

  private static PathInfo info(ExportEntry entry, NarHash nar) {
    return new PathInfo(
        entry.path(),
        nar.hash(),
        nar.size(),
        entry.references(),
        entry.deriver(),
        Instant.EPOCH,
        false,
        List.of(),
        null);
  }
}
