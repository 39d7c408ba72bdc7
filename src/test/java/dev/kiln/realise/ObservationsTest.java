package dev.kiln.realise;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.kiln.build.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObservationsTest {
  private final Path root = Jimfs.newFileSystem(Configuration.unix()).getPath("/home/me/ws");
  private final Layout layout = Layout.of(root, List.of());

  @BeforeEach
  void files() throws Exception {
    Files.createDirectories(root.resolve("src"));
    Files.writeString(root.resolve("src/lib.rs"), "one");
  }

  private List<String> observe(String... paths) {
    return new Observations(layout).observe(List.of(paths));
  }

  @Test
  void holdAsLongAsTheContentsDo() throws Exception {
    var lines = observe("/build/ws/src/lib.rs", "/build/ws/src", "/build/ws/absent.txt");
    assertThat(new Observations(layout).firstChanged(lines)).isEmpty();

    Files.writeString(root.resolve("src/lib.rs"), "two");
    assertThat(new Observations(layout).firstChanged(lines)).isPresent();
    Files.writeString(root.resolve("src/lib.rs"), "one");
    assertThat(new Observations(layout).firstChanged(lines)).isEmpty();
  }

  @Test
  void noticeAFileThatAppears() throws Exception {
    var lines = observe("/build/ws/absent.txt");
    Files.writeString(root.resolve("absent.txt"), "");
    assertThat(new Observations(layout).firstChanged(lines)).contains("/build/ws/absent.txt");
  }

  @Test
  void leaveOutWhatIsImmutable() {
    assertThat(observe("/build/target/debug/build/a/out/gen.rs", "/usr/include/stdio.h")).isEmpty();
  }

  @Test
  void areNotTrustedWhenAFileIsNewerThanTheRun() throws Exception {
    var lines = observe("/build/ws/src/lib.rs");
    Files.setLastModifiedTime(root.resolve("src/lib.rs"), FileTime.fromMillis(5000));
    assertThat(new Observations(layout).changedSince(lines, FileTime.fromMillis(4000))).isTrue();
    assertThat(new Observations(layout).changedSince(lines, FileTime.fromMillis(6000))).isFalse();
  }
}
