package dev.kiln.store;

import java.nio.file.Path;

/// Where things lie below a store's physical root.
///
/// | place | what |
/// |---|---|
/// | `kiln-store` | the stamp: format version and logical directory |
/// | `store/HASH-NAME` | objects; `store/.links` what optimising shares |
/// | `info/HASH-NAME` | one record per valid path, see [RecordFiles] |
/// | `files/HASH-NAME` | its list of files |
/// | `realisations/DRV` | one record per derivation realised |
/// | `roots/auto`, `roots/workspaces` | indirect roots, root records |
/// | `temproots/PROCESS`, `tmp/PROCESS` | what a living process protects, what it is writing |
/// | `lock` | ranges of this file are locked, see [RangeLocks] |
/// | `log` | logs of builders, by derivation |
final class StoreLayout {
  private final Path root;
  private final Path objects;
  private final Path infos;

  StoreLayout(Path root) {
    this.root = root;
    this.objects = root.resolve("store");
    this.infos = root.resolve("info");
  }

  Path root() {
    return root;
  }

  Path stamp() {
    return root.resolve("kiln-store");
  }

  Path objects() {
    return objects;
  }

  Path object(StorePath path) {
    return objects.resolve(path.baseName());
  }

  Path links() {
    return objects().resolve(".links");
  }

  Path infos() {
    return infos;
  }

  Path info(StorePath path) {
    return infos.resolve(path.baseName());
  }

  Path fileLists() {
    return root.resolve("files");
  }

  Path fileList(StorePath path) {
    return fileLists().resolve(path.baseName());
  }

  Path realisations() {
    return root.resolve("realisations");
  }

  Path realisation(StorePath derivation) {
    return realisations().resolve(derivation.baseName());
  }

  Path roots() {
    return root.resolve("roots");
  }

  Path autoRoots() {
    return roots().resolve("auto");
  }

  Path rootRecords() {
    return roots().resolve("workspaces");
  }

  Path temporaryRoots() {
    return root.resolve("temproots");
  }

  Path staging() {
    return root.resolve("tmp");
  }

  Path lock() {
    return root.resolve("lock");
  }

  Path logs() {
    return root.resolve("log");
  }
}
