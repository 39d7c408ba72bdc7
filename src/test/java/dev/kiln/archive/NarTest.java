package dev.kiln.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NarTest {
  @TempDir private Path scratch;

  @Test
  void onePassTellsHashSizeAndEveryEntry() throws Exception {
    var tree = Files.createDirectory(scratch.resolve("tree"));
    Files.createDirectory(tree.resolve("d"));
    Files.writeString(tree.resolve("d/f"), "hello");
    Files.createSymbolicLink(tree.resolve("l"), tree.getFileSystem().getPath("d/f"));
    var nar = nar(tree);

    var contents = NarWriter.contents(tree);

    assertThat(contents.narHash()).isEqualTo(Digest.sha256(nar));
    assertThat(contents.narSize()).isEqualTo(nar.length);
    assertThat(contents.entries())
        .extracting(entry -> entry.path().toString())
        .containsExactly("", "d", "d/f", "l");
    var file = (NarEntry.Regular) contents.entries().get(2);
    assertThat(file.sha256()).isEqualTo(Digest.sha256("hello".getBytes(StandardCharsets.UTF_8)));
    assertThat(new String(nar, (int) file.narOffset(), 5, StandardCharsets.UTF_8))
        .isEqualTo("hello");
  }

  @Test
  void theOwnersBitAloneMakesAFileExecutable() throws Exception {
    var file = Files.writeString(scratch.resolve("f"), "x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-xr-x"));
    var plain = nar(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    assertThat(nar(file)).isNotEqualTo(plain);
    assertThat(plain).isEqualTo(NarWriter.ofFile("x".getBytes(StandardCharsets.UTF_8), false));
    assertThat(nar(file)).isEqualTo(NarWriter.ofFile("x".getBytes(StandardCharsets.UTF_8), true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "/", "a//b/", "//x", "x/", "///", "ü/", "..//ü", ".", "a///b"})
  void targetsOfLinksAreKeptByteForByte(String target) throws Exception {
    var link = scratch.resolve("link");
    FileNames.createLink(link, ByteString.of(target));
    assertThat(FileNames.readLink(link)).hasToString(target);
  }

  @Test
  void namesThatAreNotUtf8AreKept() throws Exception {
    var name = ByteString.of(new byte[] {'a', (byte) 0xff, '%', ' ', '?', '#', (byte) 0xc3});
    var tree = Files.createDirectory(scratch.resolve("tree"));
    Files.writeString(FileNames.resolve(tree, name), "x");
    FileNames.createLink(tree.resolve("link"), name);
    var back = scratch.resolve("back");
    NarReader.restore(new ByteArrayInputStream(nar(tree)), back);
    assertThat(Files.readString(FileNames.resolve(back, name))).isEqualTo("x");
    assertThat(FileNames.readLink(back.resolve("link"))).isEqualTo(name);
    try (var files = Files.list(back)) {
      assertThat(files.map(FileNames::name)).contains(name);
    }
  }

  @Test
  void filesLargerThanEveryBufferComeBack() throws Exception {
    var bytes = new byte[(1 << 20) + 13];
    new SplittableRandom(7).nextBytes(bytes);
    var tree = Files.createDirectory(scratch.resolve("tree"));
    Files.write(tree.resolve("big"), bytes);
    Files.write(tree.resolve("small"), List.of("x"));
    var back = scratch.resolve("back");
    NarReader.restore(new ByteArrayInputStream(nar(tree)), back);
    assertThat(back.resolve("big")).hasBinaryContent(bytes);
  }

  @Test
  void depthIsBoundedWhenWritingToo() throws Exception {
    var tree = scratch.resolve("tree");
    var deepest = tree;
    for (var i = 0; i < 63; i++) {
      deepest = deepest.resolve("d");
    }
    Files.createDirectories(deepest);
    NarWriter.dump(tree, OutputStream.nullOutputStream());
    Files.writeString(deepest.resolve("f"), "");
    assertThatThrownBy(() -> NarWriter.dump(tree, OutputStream.nullOutputStream()))
        .hasMessageContaining("64");
  }

  @Test
  void nothingIsRestoredOverAnything() throws Exception {
    var there = Files.writeString(scratch.resolve("there"), "old");
    var nar = NarWriter.ofFile(new byte[0], false);
    assertThatThrownBy(() -> NarReader.restore(new ByteArrayInputStream(nar), there))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(there).hasContent("old");
  }

  @Test
  void theReaderTakesNoByteAfterTheNar() throws Exception {
    var nar = NarWriter.ofFile("abc".getBytes(StandardCharsets.UTF_8), false);
    InputStream in = new ByteArrayInputStream(Arrays.copyOf(nar, nar.length + 3));
    assertThat(NarReader.read(in, new NarVisitor() {})).isEqualTo(nar.length);
    assertThat(in.available()).isEqualTo(3);
  }

  @Test
  void deletingNeverFollowsALink() throws Exception {
    var outside = Files.createDirectory(scratch.resolve("outside"));
    Files.writeString(outside.resolve("f"), "x");
    var tree = Files.createDirectory(scratch.resolve("tree"));
    Files.createSymbolicLink(tree.resolve("l"), outside);
    Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("r-xr-xr-x"));
    Trees.delete(tree);
    assertThat(tree).doesNotExist();
    assertThat(outside.resolve("f")).exists();
  }

  private static byte[] nar(Path tree) throws Exception {
    var out = new ByteArrayOutputStream();
    NarWriter.dump(tree, out);
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 1000, 1 << 16})
  void aSmallFileIsTakenAsAWhole(int size) throws Exception {
    var contents = new byte[size];
    new SplittableRandom(size).nextBytes(contents);
    for (var executable : new boolean[] {false, true}) {
      var nar = NarWriter.ofFile(contents, executable);
      var in = new ByteArrayInputStream(Arrays.copyOf(nar, nar.length + 3));
      var file = SmallFile.take(in);
      assertThat(file)
          .isEqualTo(
              new SmallFile(
                  new NarHash(Digest.sha256(nar), nar.length),
                  ByteString.of(contents),
                  executable));
      assertThat(in.available()).isEqualTo(3);
    }
  }

  @Test
  void whatIsNoSmallFileIsLeftInTheStream() throws Exception {
    var tree = Files.createDirectory(scratch.resolve("tree"));
    var link = Files.createSymbolicLink(scratch.resolve("l"), Path.of("x"));
    for (var nar :
        List.of(nar(tree), nar(link), NarWriter.ofFile(new byte[(1 << 16) + 1], false))) {
      assertLeft(nar);
    }
    var good = NarWriter.ofFile(new byte[5], true);
    for (var end = 0; end < good.length; end++) {
      assertLeft(Arrays.copyOf(good, end));
      if (end >= good.length - 24 && end < good.length - 19) {
        continue; // the contents may be anything
      }
      var damaged = good.clone();
      damaged[end] ^= 0x55;
      assertLeft(damaged);
    }
  }

  private static void assertLeft(byte[] nar) throws Exception {
    var in = new ByteArrayInputStream(nar);
    assertThat(SmallFile.take(in)).isNull();
    assertThat(in.available()).isEqualTo(nar.length);
  }
}
