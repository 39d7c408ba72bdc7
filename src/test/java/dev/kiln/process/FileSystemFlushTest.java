package dev.kiln.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemFlushTest {
  @Test
  void flushesTheFileSystemOfADirectory(@TempDir Path directory) throws IOException {
    assertThat(FileSystemFlush.flush(directory)).isTrue();
  }

  @Test
  void saysThatItCannotWhereThereIsNoDirectory(@TempDir Path directory) throws IOException {
    assertThat(FileSystemFlush.flush(directory.resolve("absent"))).isFalse();
  }

  @Test
  void saysThatItCannotFlushMemory() throws IOException {
    try (var memory = Jimfs.newFileSystem()) {
      assertThat(FileSystemFlush.flush(memory.getPath("/"))).isFalse();
    }
  }
}
