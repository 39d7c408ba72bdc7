package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.archive.Trees;
import java.io.IOException;
import java.nio.file.Path;

/// Stores that tests throw away.
public final class TestStores {
  private TestStores() {}

  /// Deletes a store once what commands of this process gave it is on disk: records are written by
  /// a thread that outlives a command.
  public static void delete(Path root) throws IOException, KilnException {
    var logical = Store.findStoreDir(root);
    if (logical.isPresent()) {
      Store.open(root, logical.get()).flush();
    }
    Trees.delete(root);
  }
}
