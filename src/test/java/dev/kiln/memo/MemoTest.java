package dev.kiln.memo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoTest {
  private final FileSystem files =
      Jimfs.newFileSystem(
          Configuration.unix().toBuilder().setAttributeViews("basic", "posix", "unix").build());
  private final Path cache = files.getPath("/cache");

  @AfterEach
  void close() throws IOException {
    files.close();
  }

  @Test
  void anotherRunFindsWhatWasKept() {
    new Memo(cache).keep("facts", "a\nb", "first\nsecond\n");

    assertThat(new Memo(cache).find("facts", "a\nb")).contains("first\nsecond\n");
    assertThat(new Memo(cache).find("facts", "a")).isEmpty();
    assertThat(new Memo(cache).find("other", "a\nb")).isEmpty();
  }

  @Test
  void theLastAnswerHolds() {
    var memo = new Memo(cache);
    memo.keep("facts", "key", "old");
    memo.keep("facts", "key", "");

    assertThat(memo.find("facts", "key")).contains("");
  }

  @Test
  void aCutFileIsNoAnswer() throws IOException {
    var memo = new Memo(cache);
    memo.keep("facts", "key", "an answer");
    Path file;
    try (var entries = Files.list(cache.resolve("facts"))) {
      file = entries.findFirst().orElseThrow();
    }

    Files.writeString(file, "kiln memo 9\nan ans");
    assertThat(memo.find("facts", "key")).isEmpty();
    Files.writeString(file, "");
    assertThat(memo.find("facts", "key")).isEmpty();
  }

  @Test
  void aDirectoryThatCannotBeMadeKeepsNothing() throws IOException {
    Files.createDirectories(cache);
    Files.writeString(cache.resolve("facts"), "a file in the way");
    var memo = new Memo(cache);

    memo.keep("facts", "key", "answer");

    assertThat(memo.find("facts", "key")).isEmpty();
  }

  @Test
  void aStampChangesWithTheContents() throws IOException {
    var file = files.getPath("/f");
    var absent = Stamp.of(file);
    Files.writeString(file, "one");
    var one = Stamp.of(file);
    Files.writeString(file, "longer");
    var link = Files.createSymbolicLink(files.getPath("/l"), file);

    assertThat(one).isNotEqualTo(absent).isNotEqualTo(Stamp.of(file));
    assertThat(Stamp.of(link)).isEqualTo(Stamp.of(file));
    assertThat(Stamp.ofLink(link)).isNotEqualTo(Stamp.of(file));
  }
}
