package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.NarWriter;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBatchTest {
  private static final int MANY = 300;
  private static final SortedSet<StorePath> NONE = Collections.emptySortedSet();

  @TempDir Path directory;
  private Store store;

  @BeforeEach
  void open() throws KilnException {
    store = Store.open(directory.resolve("s"), StoreDir.DEFAULT);
  }

  @AfterEach
  void delete() throws IOException, KilnException {
    TestStores.delete(directory.resolve("s"));
  }

  @Test
  void manyFilesAreWhatEachAloneWouldBe() throws IOException, KilnException {
    var batch = new FileBatch(store);
    var paths = new ArrayList<StorePath>();
    for (var i = 0; i < MANY; i++) {
      var file = Files.writeString(directory.resolve("f" + i), "contents " + i % 200);
      if (i % 3 == 0) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x---"));
      }
      paths.add(batch.addTree("f" + i % 200, file));
    }
    batch.write();
    store.flush();

    var other = Store.open(directory.resolve("other"), StoreDir.DEFAULT);
    for (var i = 0; i < MANY; i++) {
      var path = paths.get(i);
      assertThat(other.addTree(path.name(), directory.resolve("f" + i), NONE)).isEqualTo(path);
      assertThat(store.requireInfo(path).narHash()).isEqualTo(other.requireInfo(path).narHash());
      assertThat(store.requireInfo(path).ca()).isEqualTo(other.requireInfo(path).ca());
      assertThat(NarWriter.hash(store.physical(path)).hash())
          .isEqualTo(store.requireInfo(path).narHash());
      for (var attribute : List.of("unix:mode", "lastModifiedTime")) {
        assertThat(Files.getAttribute(store.physical(path), attribute))
            .isEqualTo(Files.getAttribute(other.physical(path), attribute));
      }
    }
    TestStores.delete(directory.resolve("other"));
  }

  @Test
  void aDirectoryComesAtOnce() throws IOException, KilnException {
    var tree = Files.createDirectory(directory.resolve("tree"));
    assertThat(store.isValid(new FileBatch(store).addTree("tree", tree))).isTrue();
  }

  @Test
  void filesMayReferToEarlierOnesOfTheBatchAndToNoOthers() throws KilnException {
    var batch = new FileBatch(store);
    var first = put(batch, "first", null);
    var second = put(batch, "second", first);
    var fault = StorePaths.text(StoreDir.DEFAULT, "absent", new byte[0], NONE);
    var third = put(batch, "third", fault);
    assertThatThrownBy(batch::write)
        .isInstanceOf(KilnException.class)
        .hasMessageContaining(third + " refers to " + fault + ", which is not valid");
    assertThat(store.isValid(first)).isTrue();
    assertThat(store.requireInfo(second).references()).containsExactly(first);
    assertThat(store.isValid(third)).isFalse();
  }

  private static StorePath put(FileBatch batch, String name, @Nullable StorePath reference)
      throws KilnException {
    var contents = name.getBytes(StandardCharsets.UTF_8);
    var nar = NarWriter.ofFile(contents, false);
    var path = StorePaths.text(StoreDir.DEFAULT, name, contents, NONE);
    var references = new TreeSet<StorePath>();
    if (reference != null) {
      references.add(reference);
    }
    batch.install(
        new PathInfo(
            path,
            Digest.sha256(nar),
            nar.length,
            references,
            null,
            Instant.EPOCH,
            false,
            List.of(),
            null),
        ByteString.of(contents),
        false);
    return path;
  }

  @Test
  void filesComeOneByOneWhereAnObjectIsLocked() throws Exception {
    var locks = store.process().locks;
    var batch = new FileBatch(store);
    var first = put(batch, "first", null);
    var second = put(batch, "second", first);
    var place = RangeLocks.place(RangeLocks.Kind.OBJECT, second);
    var held = locks.tryAcquire(place).orElseThrow();
    assertThat(locks.tryAcquireObjects()).isEmpty();
    try (var threads = Executors.newSingleThreadExecutor()) {
      var done =
          threads.submit(() -> {
            batch.write();
            return true;
          });
      while (!store.isValid(first)) {
        Thread.sleep(1);
      }
      assertThat(store.isValid(second)).isFalse();
      held.close();
      assertThat(done.get()).isTrue();
    }
    assertThat(store.isValid(second)).isTrue();
  }

  @Test
  void anInterruptStopsNobodyElse() throws IOException, KilnException {
    store.addText("before", new byte[] {1}, NONE);
    var batch = new FileBatch(store);
    var left = put(batch, "left", null);
    Thread.currentThread().interrupt();
    assertThatThrownBy(batch::write).isInstanceOf(KilnException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(store.isValid(left)).isFalse();
    var after = store.addText("after", new byte[] {2}, NONE);
    store.flush();
    assertThat(RecordFiles.read(store.layout().info(after))).isNotEmpty();
  }

  @Test
  void whoHasAllLocksExcludesEachAndItself() throws IOException {
    var locks = store.process().locks;
    var object = RangeLocks.place(RangeLocks.Kind.OBJECT, 7);
    var derivation = RangeLocks.place(RangeLocks.Kind.DERIVATION, 7);
    try (var _ = locks.tryAcquireObjects().orElseThrow()) {
      assertThat(locks.tryAcquireObjects()).isEmpty();
      assertThat(locks.tryAcquire(object)).isEmpty();
      locks.tryAcquire(derivation).orElseThrow().close();
    }
    locks.tryAcquire(object).orElseThrow().close();
    locks.tryAcquireObjects().orElseThrow().close();
  }
}
