package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.archive.Trees;
import dev.kiln.digest.Digest;
import dev.kiln.manifest.PackageId;
import dev.kiln.memo.Memo;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/// Makes sources of other people's packages anew with a workspace's patches. A patched source is an
/// object by itself; which one a source and patches gave is remembered.
public final class PatchedSources {
  /// Raised when patches are applied in another way.
  private static final String KIND = "patched-source-1";

  private final Store store;
  private final Memo memo;

  public PatchedSources(Store store, Memo memo) {
    this.store = store;
    this.memo = memo;
  }

  /// Returns the object of a package after its patches, in their order.
  public StorePath patch(PackageId id, StorePath source, List<Path> patches) throws KilnException {
    var key = new StringBuilder(store.storeDir().path() + "\n" + source.baseName() + "\n");
    for (var patch : patches) {
      key.append(Digest.sha256(bytes(patch)).hex()).append('\n');
    }
    var known = memo.find(KIND, key.toString()).map(StorePath::new);
    if (known.isPresent() && store.isValid(known.get())) {
      return known.get();
    }
    var tree = store.newStaging().resolve("patched");
    try {
      Trees.copy(store.physical(source), tree, _ -> false);
    } catch (IOException e) {
      throw new KilnException("cannot copy the source of " + id.described(), null, e);
    }
    for (var patch : patches) {
      apply(id, patch, tree);
    }
    var object = store.adopt(source.name(), tree, Collections.emptySortedSet());
    memo.keep(KIND, key.toString(), object.baseName());
    return object;
  }

  private static byte[] bytes(Path patch) throws KilnException {
    try {
      return Files.readAllBytes(patch);
    } catch (IOException e) {
      throw new KilnException(
          "cannot read the patch " + patch, "paths of patches start at kiln.toml's directory", e);
    }
  }

  private static void apply(PackageId id, Path patch, Path tree) throws KilnException {
    try {
      var text = new String(bytes(patch), StandardCharsets.ISO_8859_1);
      for (var file : UnifiedDiff.parse(text).files()) {
        apply(file, tree);
      }
    } catch (KilnException e) {
      throw new KilnException(
          "the patch " + patch + " does not fit " + id.described(),
          "make it anew for this version, or say for which one it is with `version`",
          e);
    } catch (IOException e) {
      throw new KilnException("cannot patch the source of " + id.described(), null, e);
    }
  }

  private static void apply(UnifiedDiff.FileDiff diff, Path tree)
      throws KilnException, IOException {
    var from = diff.from();
    var to = diff.to();
    var old = from == null ? null : tree.resolve(from);
    if (old != null && !Files.isRegularFile(old)) {
      throw new KilnException("there is no file " + from);
    }
    var text = old == null ? "" : Files.readString(old, StandardCharsets.ISO_8859_1);
    var changed = diff.apply(text);
    if (to == null) {
      if (old != null) {
        Files.delete(old);
      }
      return;
    }
    var file = tree.resolve(to);
    Files.createDirectories(file.getParent());
    Files.writeString(file, changed, StandardCharsets.ISO_8859_1);
  }
}
