package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.NarEntry;
import dev.kiln.archive.NarWriter;
import dev.kiln.archive.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  private static final SortedSet<StorePath> NONE = Collections.emptySortedSet();

  @TempDir Path directory;
  private Store store;

  @BeforeEach
  void open() throws KilnException {
    store = Store.open(directory.resolve("s"), StoreDir.DEFAULT);
  }

  @AfterEach
  void deleteReadOnlyTrees() throws IOException, KilnException {
    store.flush();
    Trees.delete(directory.resolve("s"));
  }

  private Path tree() throws IOException {
    var tree = directory.resolve("tree");
    Files.createDirectories(tree.resolve("sub"));
    Files.writeString(tree.resolve("a"), "hello\n");
    var program = Files.writeString(tree.resolve("sub/run"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxrwxr-x"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("../away//x"));
    return tree;
  }

  private static StorePath text(Store store, String name) throws KilnException {
    return store.addText(name, name.getBytes(StandardCharsets.UTF_8), NONE);
  }

  @Test
  void aTreeIsValidUnderItsContentAddressAndCanonical() throws IOException, KilnException {
    var tree = tree();
    var hash = NarWriter.hash(tree);

    var path = store.addTree("thing-1.0", tree, NONE);

    assertThat(path)
        .isEqualTo(StorePaths.source(StoreDir.DEFAULT, "thing-1.0", hash.hash(), NONE, false));
    var info = store.requireInfo(path);
    assertThat(info.narHash()).isEqualTo(hash.hash());
    assertThat(info.narSize()).isEqualTo(hash.size());
    assertThat(info.ca()).isEqualTo("fixed:r:" + hash.hash().prefixedNix32());
    assertThat(info.registered()).isBetween(Instant.now().minusSeconds(60), Instant.now());
    var object = store.physical(path);
    for (var inside : List.of("", "a", "sub", "sub/run", "link")) {
      assertThat(
              Files.getLastModifiedTime(object.resolve(inside), LinkOption.NOFOLLOW_LINKS)
                  .toInstant())
          .isEqualTo(Instant.ofEpochSecond(1));
    }
    assertThat(mode(object)).isEqualTo("r-xr-xr-x");
    assertThat(mode(object.resolve("a"))).isEqualTo("r--r--r--");
    assertThat(mode(object.resolve("sub/run"))).isEqualTo("r-xr-xr-x");
    assertThat(Files.readSymbolicLink(object.resolve("link"))).hasToString("../away/x");
  }

  @Test
  void aStoreOfTheFirstFormatIsReadAndRaisedWhereItIsWritten() throws IOException, KilnException {
    var path = text(store, "x");
    store.flush();
    var stamp = store.layout().stamp();
    Files.writeString(stamp, "kiln store 1\n" + StoreDir.DEFAULT.path() + "\n");
    var reader = Store.openForReading(directory.resolve("s"), StoreDir.DEFAULT);
    assertThat(reader.isValid(path)).isTrue();
    assertThat(Files.readAllLines(stamp)).first().isEqualTo("kiln store 1");
    assertThat(Store.open(directory.resolve("s"), StoreDir.DEFAULT).isValid(path)).isTrue();
    assertThat(Files.readAllLines(stamp))
        .containsExactly("kiln store " + StoreStamp.VERSION, StoreDir.DEFAULT.path());
  }

  @Test
  void lostDirectoriesAreMadeAnewWhereTheStoreIsWritten() throws IOException, KilnException {
    var path = text(store, "x");
    store.flush();
    Trees.delete(store.layout().infos());
    assertThat(Store.open(directory.resolve("s"), StoreDir.DEFAULT).validPaths()).isEmpty();
    assertThat(text(store, "x")).isEqualTo(path);
    store.flush();
    assertThat(store.layout().info(path)).exists();
  }

  @Test
  void whoMayNotWriteAStoreMayReadIt() throws IOException {
    for (var file : List.of(store.layout().stamp(), store.layout().lock())) {
      assertThat(mode(file)).startsWith("rw-r--r");
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void whatIsAddedIsSeenByOthersOnceFlushed() throws IOException, KilnException {
    var path = store.addTree("x", tree(), NONE);
    store.flush();
    assertThat(directory.resolve("s/info/" + path.baseName())).exists();
    assertThat(Store.openForReading(directory.resolve("s"), StoreDir.DEFAULT).findInfo(path))
        .isEqualTo(store.findInfo(path));
  }

  @Test
  void theListOfFilesHasSizesAndHashes() throws IOException, KilnException {
    var tree = tree();
    Files.writeString(tree.resolve("odd name %"), "");
    var path = store.addTree("x", tree, NONE);
    assertThat(store.layout().fileList(path)).doesNotExist();
    assertThat(store.files(path)).isEqualTo(NarWriter.contents(tree).entries());
    assertThat(store.layout().fileList(path)).exists();
    assertThat(store.files(path)).isEqualTo(NarWriter.contents(tree).entries());
    assertThat(store.files(path)).hasAtLeastOneElementOfType(NarEntry.Link.class);
  }

  @Test
  void adoptingTakesTheStagedTreeAndDropsASecondOne() throws IOException, KilnException {
    var first = staged("same");
    var second = staged("same");
    var path = store.adopt("o", first, NONE);
    assertThat(store.adopt("o", second, NONE)).isEqualTo(path);
    assertThat(first).doesNotExist();
    assertThat(second).doesNotExist();
    assertThat(store.physical(path).resolve("f")).hasContent("same");
  }

  private Path staged(String contents) throws IOException, KilnException {
    var tree = Files.createDirectory(store.newStaging().resolve("out"));
    Files.writeString(tree.resolve("f"), contents);
    return tree;
  }

  @Test
  void whatLiesInThePlaceOfAnInvalidPathIsReplaced() throws IOException, KilnException {
    var path = StorePaths.text(StoreDir.DEFAULT, "t", new byte[] {'x'}, NONE);
    Files.createDirectories(store.physical(path).resolve("left/over"));
    assertThat(store.addText("t", new byte[] {'x'}, NONE)).isEqualTo(path);
    assertThat(store.physical(path)).isRegularFile().hasContent("x");
  }

  @Test
  void whatAnotherProcessHasJustBroughtIsNoJunk() throws Exception {
    var path = text(store, "x");
    store.flush();
    var record = directory.resolve("s/info").resolve(path.baseName());
    var aside = Files.move(record, directory.resolve("record"));
    var other = Files.createDirectory(directory.resolve("s/tmp/0000000000000"));
    Files.writeString(other.resolve("announced"), path.baseName() + "\n");
    var place = RangeLocks.place(RangeLocks.Kind.PROCESS, 0);
    var before = Files.getAttribute(store.physical(path), "unix:ino");
    try (var _ = store.process().locks.tryAcquire(place).orElseThrow();
        var threads = Executors.newSingleThreadExecutor()) {
      var added = threads.submit(() -> text(store, "x"));
      Thread.sleep(100);
      assertThat(added).isNotDone();
      Files.move(aside, record);
      assertThat(added.get()).isEqualTo(path);
    }
    assertThat(Files.getAttribute(store.physical(path), "unix:ino")).isEqualTo(before);
  }

  @Test
  void whatADeadProcessHadBroughtIsJunk() throws Exception {
    var path = text(store, "x");
    store.flush();
    Files.delete(directory.resolve("s/info").resolve(path.baseName()));
    Files.delete(store.physical(path));
    Files.writeString(store.physical(path), "half");
    var other = Files.createDirectory(directory.resolve("s/tmp/0000000000000"));
    Files.writeString(other.resolve("announced"), path.baseName() + "\n");
    assertThat(text(store, "x")).isEqualTo(path);
    assertThat(store.physical(path)).hasContent("x");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.physical(path))))
        .isEqualTo("r--r--r--");
  }

  @Test
  void aRecordCanBeTheFirstThatAProcessWrites() throws Exception {
    var path = text(store, "x");
    store.flush();
    Trees.copy(directory.resolve("s"), directory.resolve("copy"), _ -> false);
    var copy = Store.open(directory.resolve("copy"), StoreDir.DEFAULT);
    copy.updateInfo(copy.requireInfo(path).withSignatures(List.of("a:b")));
    copy.flush();
    assertThat(directory.resolve("copy/info").resolve(path.baseName())).content().contains("a:b");
  }

  @Test
  void anUnknownReferenceIsRefused() throws IOException, KilnException {
    var unknown = new StorePath("00000000000000000000000000000000-unknown");
    var staged = staged("refers");
    assertThatThrownBy(() -> store.adopt("o", staged, new TreeSet<>(List.of(unknown))))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("refers to " + unknown);
  }

  @Test
  void aRealisationIsFoundWhileAllItsOutputsAreValid() throws IOException, KilnException {
    var derivation = text(store, "d.drv");
    var outputs = new TreeMap<String, StorePath>();
    outputs.put("lib", text(store, "lib"));
    outputs.put("rmeta", text(store, "rmeta"));
    var notes = new TreeMap<String, List<String>>();
    notes.put("messages", List.of("a \\n b", "two\nlines", "", "ü"));
    notes.put("none", List.of());
    var record = new RealisationRecord(derivation, outputs, notes);

    store.register(record);
    assertThat(store.findRealisation(derivation)).contains(record);
    store.flush();
    assertThat(store.findRealisation(derivation)).contains(record);
    assertThat(store.findRealisation(outputs.get("lib"))).isEmpty();

    Files.delete(directory.resolve("s/info/" + outputs.get("lib").baseName()));
    assertThat(store.findRealisation(derivation)).isEmpty();
    assertThatThrownBy(() -> store.register(record)).hasMessageContaining("is not valid");
  }

  @Test
  void aStoreBelongsToOneLogicalDirectory() {
    assertThatThrownBy(() -> Store.open(directory.resolve("s"), new StoreDir("/nix/store")))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("made for the logical directory /kiln/store, not /nix/store");
  }

  @Test
  void anotherFormatIsRefusedByName() throws IOException {
    var stamp = directory.resolve("s/kiln-store");
    Files.writeString(stamp, "kiln store 999\n/kiln/store\n");
    assertThatThrownBy(() -> Store.open(directory.resolve("s"), StoreDir.DEFAULT))
        .hasMessageContaining("has format 999")
        .satisfies(e -> assertThat(((KilnException) e).hint()).contains("newer kiln"));
    Files.writeString(stamp, "kiln store 0\n/kiln/store\n");
    assertThatThrownBy(() -> Store.open(directory.resolve("s"), StoreDir.DEFAULT))
        .satisfies(e -> assertThat(((KilnException) e).hint()).contains("older kiln"));
    Files.writeString(stamp, "something");
    assertThatThrownBy(() -> Store.open(directory.resolve("s"), StoreDir.DEFAULT))
        .hasMessageContaining("no stamp of a kiln store");
  }

  @Test
  void oneThreadAtATimeHoldsADerivationsLock() throws Exception {
    var derivation = text(store, "d.drv");
    var inside = new AtomicInteger();
    var told = new AtomicInteger();
    var most = new AtomicInteger();
    var done = new CountDownLatch(8);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < 8; i++) {
        var _ =
            threads.submit(() -> {
              try (var _ = store.lock(derivation, _ -> told.incrementAndGet())) {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Thread.sleep(5);
                inside.decrementAndGet();
                done.countDown();
              }
              return null;
            });
      }
      done.await();
    }
    assertThat(most).hasValue(1);
    assertThat(told.get()).isPositive();
  }

  @Test
  void rootRecordsComeAndGo() throws KilnException {
    var path = text(store, "t");
    store.writeRootRecord("/home/a ü/ws", "/home/a ü/ws/result", new TreeSet<>(List.of(path)));
    assertThat(directory.resolve("s/roots/workspaces")).isDirectoryContaining("glob:**");
    assertThat(store.dropRootRecord("/home/a ü/ws")).isTrue();
    assertThat(store.dropRootRecord("/home/a ü/ws")).isFalse();
  }

  @Test
  void anIndirectRootReplacesOnlyLinksIntoAStore() throws IOException, KilnException {
    var link = directory.resolve("result");
    var one = text(store, "one");
    var two = text(store, "two");
    store.addIndirectRoot(link, one);
    assertThat(link).isSymbolicLink().hasContent("one");
    store.addIndirectRoot(link, two);
    assertThat(link).isSymbolicLink().hasContent("two");
    var deep = directory.resolve("new/sub/link");
    store.addIndirectRoot(deep, one);
    assertThat(deep).isSymbolicLink().hasContent("one");

    var file = Files.writeString(directory.resolve("precious"), "mine");
    assertThatThrownBy(() -> store.addIndirectRoot(file, one))
        .hasMessageContaining("is no link into a store");
    assertThat(file).hasContent("mine");
    assertThatThrownBy(() -> store.addIndirectRoot(store.physical(one).resolve("x"), one))
        .hasMessageContaining("inside the store");
  }

  @Test
  void whatADeadProcessStagedIsSwept() throws IOException, KilnException {
    var dead = Files.createDirectories(directory.resolve("s/tmp/0000000000001/5/sub"));
    var roots = Files.writeString(directory.resolve("s/temproots/0000000000001"), "");
    var staging = store.newStaging();
    assertThat(dead).doesNotExist();
    assertThat(roots).doesNotExist();
    assertThat(staging).isEmptyDirectory();
  }
}
