package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.archive.Compression;
import dev.kiln.ops.store.FileCacheOperation;
import dev.kiln.ops.store.TransferOperation;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.store.format.Trust;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.util.ArrayList;

/// The store's commands that carry objects elsewhere.
final class StoreTransfers {
  private static final String FILE = "file://";

  private StoreTransfers() {}

  static NixCommand exporting() {
    return new NixCommand(
        Syntax.of(Syntax.Operands.many("<PATH>...", 1)),
        call -> {
          var store = call.storeForReading();
          var paths = call.objects(store);
          var out = new BufferedOutputStream(call.bytes(), 1 << 17);
          StandardOutput.writing(() -> new TransferOperation(store).exportTo(out, paths));
          return 0;
        });
  }

  static NixCommand importing() {
    return new NixCommand(
        Syntax.of(Syntax.Operands.NONE, NixCall.PHYSICAL),
        call -> {
          var store = call.store();
          var imported = new ArrayList<StorePath>();
          new TransferOperation(store).importFrom(call.in(), imported::add);
          call.print(store, imported);
          return 0;
        });
  }

  static NixCommand copy() {
    return new NixCommand(
        Syntax.of(
            Syntax.Operands.many("<PATH>...", 1),
            Flag.valued("--to", "URL", "Copy the closure there: file:///DIRECTORY"),
            Flag.valued("--from", "URL", "Copy the closure from there"),
            Flag.valued("--compression", "METHOD", "none (default), xz, gzip, bzip2"),
            Flag.valued("--trusted-public-keys", "KEYS", "Keys whose signatures count"),
            Flag.switched("--no-check-sigs", "Take unsigned paths too")),
        StoreTransfers::copy);
  }

  private static int copy(NixCall call)
      throws KilnException, UsageError, InterruptedException, IOException {
    var to = call.arguments().find("--to");
    var from = call.arguments().find("--from");
    if (to.isPresent() == from.isPresent()) {
      throw new UsageError("give either '--to <URL>' or '--from <URL>'");
    }
    var url = to.orElseGet(from::get);
    if (to.isPresent()) {
      var store = call.storeForReading();
      var copied = cache(call, store, url).copyTo(call.objects(store));
      call.note("copied %d paths".formatted(copied));
      return 0;
    }
    var store = call.store();
    var keys = call.arguments().find("--trusted-public-keys").orElse("");
    var trust = call.has("--no-check-sigs") ? null : Trust.parse(keys);
    var copied = cache(call, store, url).copyFrom(call.objects(store), trust);
    call.note("copied %d paths".formatted(copied));
    return 0;
  }

  /// Returns the binary cache at a URL.
  static FileCacheOperation cache(NixCall call, Store store, String url) throws KilnException {
    if (!url.startsWith(FILE)) {
      throw new KilnException(
          "cannot copy to or from '" + url + "'", "give a directory as file:///DIRECTORY");
    }
    var directory = call.path(url.substring(FILE.length()).replaceFirst("\\?.*", ""));
    var compression = Compression.parse(call.arguments().find("--compression").orElse("none"));
    return new FileCacheOperation(store, directory, compression);
  }
}
