package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.archive.Compression;
import dev.kiln.ops.store.FileCacheOperation;
import dev.kiln.ops.store.StoreCopyOperation;
import dev.kiln.ops.store.TransferOperation;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.store.format.SecretKey;
import dev.kiln.store.format.Trust;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

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
            Syntax.Operands.many("<PATH>...", 0),
            NixCall.ALL,
            Flag.valued("--to", "URL", "Copy the closure to a cache, file://DIR, or a store, DIR"),
            Flag.valued("--from", "URL", "Copy the closure from there"),
            Flag.valued("--compression", "METHOD", "xz (default), zstd, gzip, bzip2, none"),
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
    if (!url.contains("://")) {
      return copyBetweenStores(call, url, to.isPresent());
    }
    if (to.isPresent()) {
      var store = call.storeForReading();
      var copied = cache(call, store, url).copyTo(call.objects(store));
      call.note("copied %d paths".formatted(copied));
      return 0;
    }
    var store = call.store();
    var copied = cache(call, store, url).copyFrom(call.objects(store), trust(call));
    call.note("copied %d paths".formatted(copied));
    return 0;
  }

  private static @Nullable Trust trust(NixCall call) throws KilnException {
    var keys = call.arguments().find("--trusted-public-keys").orElse("");
    return call.has("--no-check-sigs") ? null : Trust.parse(keys);
  }

  /// The other store is named by its physical root.
  private static int copyBetweenStores(NixCall call, String root, boolean there)
      throws KilnException, UsageError, IOException {
    var own = there ? call.storeForReading() : call.store();
    var place = call.path(root);
    var other =
        there
            ? Store.open(place, Store.findStoreDir(place).orElse(own.storeDir()))
            : Store.openForReading(place, Store.findStoreDir(place).orElse(own.storeDir()));
    var source = there ? own : other;
    var copied =
        StoreCopyOperation.copy(source, there ? other : own, call.objects(source), trust(call));
    call.note("copied %d paths".formatted(copied));
    return 0;
  }

  /// Returns the binary cache at a URL.
  static FileCacheOperation cache(NixCall call, Store store, String url) throws KilnException {
    if (!url.startsWith(FILE)) {
      throw new KilnException(
          "cannot copy to or from '" + url + "'",
          "give a binary cache as file:///DIRECTORY, or a store as its directory");
    }
    var question = url.indexOf('?');
    var directory = call.path(url.substring(FILE.length(), question < 0 ? url.length() : question));
    var compression = call.arguments().find("--compression").orElse("xz");
    SecretKey key = null;
    for (var setting : question < 0 ? new String[0] : url.substring(question + 1).split("&", -1)) {
      var equals = setting.indexOf('=');
      var value = setting.substring(equals + 1);
      switch (setting.substring(0, Math.max(0, equals))) {
        case "compression" -> compression = value;
        case "secret-key" -> key = call.secretKey(value);
        default ->
            throw new KilnException(
                "unknown setting '%s' in '%s'".formatted(setting, url),
                "compression=METHOD and secret-key=FILE are known");
      }
    }
    return new FileCacheOperation(store, directory, Compression.parse(compression), key);
  }
}
