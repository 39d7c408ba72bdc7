package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Feature;
import com.google.common.jimfs.Jimfs;
import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.store.RecordFiles.Record;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFilesTest {
  private static final int COUNT = 40;

  @TempDir Path directory;
  private Path records;
  private RecordFiles files;

  @BeforeEach
  void make() throws IOException {
    files = in(directory);
    records = Files.createDirectory(directory.resolve("info"));
  }

  private static RecordFiles in(Path root) throws IOException {
    var scratch = Files.createDirectory(root.resolve("tmp"));
    var counter = new AtomicInteger();
    return new RecordFiles(root, () -> scratch.resolve("t" + counter.incrementAndGet()));
  }

  private static List<Record> some(Path folder, String text) {
    var some = new ArrayList<Record>();
    for (var i = 0; i < COUNT; i++) {
      some.add(record(folder, "r" + i, text.repeat(i) + "ä\n" + i));
    }
    return some;
  }

  private static Record record(Path folder, String name, String text) {
    return new Record(folder.resolve(name), ByteString.of(text));
  }

  private static void assertAllRead(List<Record> expected) throws IOException, KilnException {
    for (var record : expected) {
      assertThat(RecordFiles.read(record.place())).isEqualTo(record.contents().bytes());
    }
  }

  private static Set<Object> inodes(Path folder) throws IOException {
    var inodes = new TreeSet<Object>();
    for (var name : StoreProcess.names(folder)) {
      inodes.add(Files.getAttribute(folder.resolve(name), "unix:ino"));
    }
    return inodes;
  }

  @Test
  void recordsThatAreWrittenTogetherShareFiles() throws IOException, KilnException {
    var some = some(records, "x");
    files.place(files.write(some));
    assertAllRead(some);
    assertThat(inodes(records)).hasSize(3);
    assertThat(directory.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void aRecordThatReplacesOneOfASharedFileLeavesTheOthers() throws IOException, KilnException {
    var some = some(records, "x");
    files.place(files.write(some));
    var alone = List.of(record(records, "r3", "alone"));
    files.place(files.write(alone));
    var together = List.of(record(records, "r5", "new 5"), record(records, "r6", "new 6"));
    files.place(files.write(together));

    assertAllRead(alone);
    assertAllRead(together);
    some.removeIf(record -> Set.of("r3", "r5", "r6").contains(record.name()));
    assertAllRead(some);
    assertThat(directory.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void recordsOfTheSameNameInTwoFoldersAreTwo() throws IOException, KilnException {
    var other = Files.createDirectory(directory.resolve("realisations"));
    var two = List.of(record(records, "x.drv", "info"), record(other, "x.drv", "realisation"));
    files.place(files.write(two));
    assertAllRead(two);
  }

  @Test
  void aDeletedRecordLeavesTheOthers() throws IOException, KilnException {
    var some = some(records, "x");
    files.place(files.write(some));
    Files.delete(some.removeFirst().place());
    assertAllRead(some);
  }

  @Test
  void aFileSystemWithoutLinksHasAFileForEach() throws IOException, KilnException {
    var plain =
        Configuration.unix().toBuilder()
            .setSupportedFeatures(Feature.SYMBOLIC_LINKS, Feature.FILE_CHANNEL)
            .setAttributeViews("basic", "posix", "unix")
            .build();
    try (var memory = Jimfs.newFileSystem(plain)) {
      var root = memory.getPath("/");
      var folder = Files.createDirectory(root.resolve("info"));
      var linkless = in(root);
      for (var text : List.of("x", "y")) {
        var some = some(folder, text);
        linkless.place(linkless.write(some));
        assertAllRead(some);
      }
      assertThat(inodes(folder)).hasSize(COUNT);
      assertThat(StoreProcess.names(root.resolve("tmp"))).isEmpty();
    }
  }

  @Test
  void aSharedFileThatIsDamagedIsNoRecord() throws IOException {
    var some = some(records, "x");
    files.place(files.write(some));
    var file = some.get(15).place();
    var whole = Files.readAllBytes(file);
    for (var length : new int[] {20, 200, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> RecordFiles.read(file))
          .isInstanceOf(KilnException.class)
          .hasMessageContaining("is damaged");
    }
    Files.write(file, whole);
    var stranger = Files.createLink(records.resolve("stranger"), file);
    assertThatThrownBy(() -> RecordFiles.read(stranger)).hasMessageContaining("is damaged");
  }
}
