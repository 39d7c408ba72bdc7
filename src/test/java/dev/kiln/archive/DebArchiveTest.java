package dev.kiln.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DebArchiveTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = open();

  @ParameterizedTest
  @EnumSource
  void dataMayBeCompressedInAnyWay(Compression compression) throws Exception {
    file("./usr/bin/tool", "#!/bin/sh", 0755);
    file("./usr/include/tool.h", "int tool;", 0644);

    var tree = unpack(compression, "");

    assertThat(tree.resolve("usr/include/tool.h")).hasContent("int tool;");
    assertThat(Files.isExecutable(tree.resolve("usr/bin/tool"))).isTrue();
    assertThat(Files.isExecutable(tree.resolve("usr/include/tool.h"))).isFalse();
  }

  @Test
  void whatLiesAtTheTopIsBelowUsr() throws Exception {
    file("./lib/x86_64-linux-gnu/libz.so.1.2", "z", 0644);
    link("./lib/x86_64-linux-gnu/libz.so.1", "libz.so.1.2");
    link("./usr/lib/x86_64-linux-gnu/libz.so", "/lib/x86_64-linux-gnu/libz.so.1.2");
    link("./usr/lib/other.so", "../../lib/x86_64-linux-gnu/libz.so.1");

    var tree = unpack(Compression.XZ, "");

    assertThat(tree.resolve("usr/lib/x86_64-linux-gnu/libz.so")).hasContent("z");
    assertThat(tree.resolve("usr/lib/x86_64-linux-gnu/libz.so.1")).hasContent("z");
    assertThat(tree.resolve("usr/lib/other.so")).hasContent("z");
    assertThat(tree.resolve("lib")).doesNotExist();
  }

  @Test
  void absoluteLinksBecomeRelative() throws Exception {
    link("./usr/bin/awk", "/etc/alternatives/awk");

    var tree = unpack(Compression.XZ, "");

    assertThat(Files.readSymbolicLink(tree.resolve("usr/bin/awk")))
        .hasToString("../../etc/alternatives/awk");
  }

  @Test
  void documentationAndOtherTreesAreLeftOut() throws Exception {
    file("./usr/share/doc/tool/copyright", "c", 0644);
    file("./usr/share/tool/data", "d", 0644);
    file("./var/lib/tool/state", "s", 0644);
    file("./etc/tool.conf", "e", 0644);

    var tree = unpack(Compression.XZ, "");

    assertThat(tree.resolve("usr/share")).isDirectoryNotContaining("glob:**/doc");
    assertThat(tree.resolve("usr/share/tool/data")).exists();
    assertThat(tree.resolve("var")).doesNotExist();
    assertThat(tree.resolve("etc/tool.conf")).exists();
  }

  @Test
  void onePartCanBeTakenAlone() throws Exception {
    file("./usr/src/rustc-1.96.0/library/std/lib.rs", "std", 0644);
    file("./usr/src/rustc-1.96.0/compiler/lib.rs", "rustc", 0644);

    var tree = unpack(Compression.XZ, "usr/src/rustc-*/library");

    assertThat(tree.resolve("usr/src/rustc-1.96.0/library/std/lib.rs")).exists();
    assertThat(tree.resolve("usr/src/rustc-1.96.0/compiler")).doesNotExist();
  }

  @Test
  void nothingIsWrittenThroughALinkOrOutside() throws Exception {
    link("./usr/lib/evil", "../../../outside");
    file("./usr/lib/evil/file", "x", 0644);
    assertThatThrownBy(() -> unpack(Compression.XZ, ""))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("leads out of itself");
  }

  @Test
  void aFileBelowALinkIsRefused() throws Exception {
    link("./usr/lib/here", "there");
    file("./usr/lib/here/file", "x", 0644);
    assertThatThrownBy(() -> unpack(Compression.XZ, ""))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("a file below");
  }

  @Test
  void anArchiveWithoutDataIsNamed() throws Exception {
    var deb = directory.resolve("x.deb");
    Files.writeString(deb, "!<arch>\n");
    assertThatThrownBy(
            () -> DebArchive.unpack(deb, "", Files.createDirectory(directory.resolve("o"))))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("data.tar");
  }

  private TarArchiveOutputStream open() {
    var out = new TarArchiveOutputStream(bytes, "UTF-8");
    out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
    return out;
  }

  private void file(String name, String contents, int mode) throws IOException {
    var data = contents.getBytes(StandardCharsets.UTF_8);
    var entry = new TarArchiveEntry(name);
    entry.setSize(data.length);
    entry.setMode(mode);
    tar.putArchiveEntry(entry);
    tar.write(data);
    tar.closeArchiveEntry();
  }

  private void link(String name, String target) throws IOException {
    var entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private Path unpack(Compression compression, String only) throws IOException, KilnException {
    tar.close();
    var data = new ByteArrayOutputStream();
    try (var out = compression.compress(data)) {
      bytes.writeTo(out);
    }
    var deb = directory.resolve("package.deb");
    try (var ar = new ArArchiveOutputStream(Files.newOutputStream(deb))) {
      member(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.UTF_8));
      member(ar, "control.tar.xz", new byte[] {1, 2, 3});
      member(ar, "data.tar" + compression.suffix(), data.toByteArray());
    }
    var tree = Files.createDirectory(directory.resolve("tree"));
    DebArchive.unpack(deb, only, tree);
    return tree;
  }

  private static void member(ArArchiveOutputStream ar, String name, byte[] data)
      throws IOException {
    ar.putArchiveEntry(new ArArchiveEntry(name, data.length));
    ar.write(data);
    ar.closeArchiveEntry();
  }
}
