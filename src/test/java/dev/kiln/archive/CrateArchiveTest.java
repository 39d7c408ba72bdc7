package dev.kiln.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrateArchiveTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = open();

  @Test
  void filesKeepContentsAndExecutability() throws Exception {
    file("abc-1.0.0/Cargo.toml", "[package]", 0644);
    file("abc-1.0.0/ci/run.sh", "#!/bin/sh", 0775);
    file("abc-1.0.0/" + "deep/".repeat(40) + "größe.rs", "// deep", 0600);

    var root = unpack();

    assertThat(root).isEqualTo(directory.resolve("out/abc-1.0.0"));
    assertThat(root.resolve("Cargo.toml")).hasContent("[package]");
    assertThat(Files.isExecutable(root.resolve("ci/run.sh"))).isTrue();
    assertThat(Files.isExecutable(root.resolve("Cargo.toml"))).isFalse();
    assertThat(root.resolve("deep/".repeat(40) + "größe.rs")).hasContent("// deep");
  }

  @Test
  void cargosMarkIsLeftOutEverywhere() throws Exception {
    file("abc-1.0.0/.cargo-ok", "ok", 0644);
    file("abc-1.0.0/sub/.cargo-ok", "ok", 0644);

    assertThat(unpack().resolve(".cargo-ok")).doesNotExist();
    assertThat(directory.resolve("out/abc-1.0.0/sub/.cargo-ok")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "abc-1.0.1/a",
        "a",
        "abc-1.0.0/../../evil",
        "abc-1.0.0/../abc-1.0.0/a",
        "../abc-1.0.0/a",
        "/abc-1.0.0/a",
        "abc-1.0.0x/a"
      })
  void nothingIsWrittenElsewhere(String path) throws Exception {
    file(path, "evil", 0644);

    assertThatThrownBy(this::unpack)
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("which isn't under \"abc-1.0.0\"");
    assertThat(directory.resolve("evil")).doesNotExist();
    assertThat(directory.resolve("out/evil")).doesNotExist();
  }

  @Test
  void linksInsideThePackageStay() throws Exception {
    file("abc-1.0.0/LICENSE", "MIT", 0644);
    link("abc-1.0.0/sub/LICENSE", "../LICENSE");

    assertThat(unpack().resolve("sub/LICENSE")).isSymbolicLink().hasContent("MIT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../../evil", "../../abc-1.0.0/LICENSE", "a/../../../x"})
  void linksOutOfThePackageAreRefused(String target) throws Exception {
    link("abc-1.0.0/sub/link", target);

    assertThatThrownBy(this::unpack).hasMessageContaining("outside of it");
  }

  @Test
  void nothingIsWrittenThroughALink() throws Exception {
    file("abc-1.0.0/real/a", "a", 0644);
    link("abc-1.0.0/link", "real");
    file("abc-1.0.0/link/a", "b", 0644);

    assertThatThrownBy(this::unpack).hasMessageContaining("which is no directory");
    assertThat(directory.resolve("out/abc-1.0.0/real/a")).hasContent("a");
  }

  @Test
  void aFileReplacesALinkInsteadOfFollowingIt() throws Exception {
    file("abc-1.0.0/real", "a", 0644);
    link("abc-1.0.0/link", "real");
    file("abc-1.0.0/link", "b", 0644);

    var root = unpack();

    assertThat(root.resolve("real")).hasContent("a");
    assertThat(root.resolve("link")).isRegularFile().hasContent("b");
  }

  @Test
  void devicesAreRefused() throws Exception {
    entry(new TarArchiveEntry("abc-1.0.0/pipe", TarConstants.LF_FIFO), "");

    assertThatThrownBy(this::unpack).hasMessageContaining("that is no file");
  }

  @Test
  void moreThanTheLimitIsRefusedBeforeItIsWritten() throws Exception {
    var entry = new TarArchiveEntry("abc-1.0.0/huge");
    entry.setSize(513L << 20);
    tar.putArchiveEntry(entry);
    var zeros = new byte[1 << 20];
    for (int i = 0; i < 513; i++) {
      tar.write(zeros);
    }
    tar.closeArchiveEntry();

    assertThatThrownBy(this::unpack).hasMessageContaining("larger than what may be unpacked");
    assertThat(directory.resolve("out/abc-1.0.0/huge")).doesNotExist();
  }

  @Test
  void aCutFileIsAnError() throws Exception {
    file("abc-1.0.0/a", "a".repeat(5000), 0644);
    tar.close();
    var whole = bytes.toByteArray();

    assertThatThrownBy(() -> unpack(Arrays.copyOf(whole, whole.length - 20)))
        .isInstanceOf(KilnException.class)
        .hasMessageStartingWith("failed to unpack");
    assertThatThrownBy(() -> unpack("no archive".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(KilnException.class);
  }

  private TarArchiveOutputStream open() {
    try {
      var out = new TarArchiveOutputStream(new GZIPOutputStream(bytes), "UTF-8");
      out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void file(String path, String contents, int mode) throws IOException {
    var entry = new TarArchiveEntry(path, true);
    entry.setMode(mode);
    entry(entry, contents);
  }

  private void link(String path, String target) throws IOException {
    var entry = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    entry(entry, "");
  }

  private void entry(TarArchiveEntry entry, String contents) throws IOException {
    var text = contents.getBytes(StandardCharsets.UTF_8);
    entry.setSize(text.length);
    tar.putArchiveEntry(entry);
    tar.write(text);
    tar.closeArchiveEntry();
  }

  private Path unpack() throws Exception {
    tar.close();
    return unpack(bytes.toByteArray());
  }

  private Path unpack(byte[] crate) throws Exception {
    var file = directory.resolve("abc.crate");
    Files.write(file, crate);
    var out = directory.resolve("out");
    Trees.delete(out);
    Files.createDirectories(out);
    return CrateArchive.unpack(file, "abc-1.0.0", out);
  }
}
