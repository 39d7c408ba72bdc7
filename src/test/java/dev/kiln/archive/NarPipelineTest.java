package dev.kiln.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A tree of many chunks, held against a writer of NARs that knows no chunks.
class NarPipelineTest {
  /// Around what is read as a whole, what is cut, and where the cuts are.
  private static final int[] SIZES = {
    0, 1, 7, 8, 16_383, 16_384, 16_385, 131_071, 131_072, 131_073, 524_287, 524_288, 524_289,
    1_048_576, 1_600_000
  };

  @TempDir private Path scratch;
  private Path tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = Files.createDirectory(scratch.resolve("tree"));
    var random = new SplittableRandom(3);
    for (var i = 0; i < 40; i++) {
      var directory = Files.createDirectories(tree.resolve("d" + i % 7 + "/e" + i));
      for (var j = random.nextInt(40); j > 0; j--) {
        write(directory.resolve("f" + j), random.nextInt(9_000), random);
      }
      if (i % 3 == 0) {
        write(directory.resolve("large"), SIZES[i % SIZES.length], random);
        FileNames.createLink(directory.resolve("link"), ByteString.of("x".repeat(i + 1)));
      }
    }
    for (var size : SIZES) {
      write(tree.resolve("z" + size), size, random);
    }
    Files.createDirectory(tree.resolve("zz"));
  }

  private static void write(Path file, int size, SplittableRandom random) throws IOException {
    var bytes = new byte[size];
    random.nextBytes(bytes);
    Files.write(file, bytes);
    assertThat(size % 2 == 1 && !file.toFile().setExecutable(true)).isFalse();
  }

  @Test
  void chunksAreTheNarHoweverItIsWritten() throws Exception {
    var nar = reference(tree);
    var memory = new ByteArrayOutputStream();
    assertThat(NarWriter.dump(tree, memory)).isEqualTo(nar.length);
    assertThat(memory.toByteArray()).isEqualTo(nar);
    var file = scratch.resolve("nar");
    try (var out = new FileOutputStream(file.toFile())) {
      assertThat(NarWriter.dump(tree, out)).isEqualTo(nar.length);
    }
    assertThat(file).hasBinaryContent(nar);
    assertThat(NarWriter.hash(tree)).isEqualTo(new NarHash(Digest.sha256(nar), nar.length));
  }

  @Test
  void chunksAreTheNarWhereTheKernelCarriesThem() throws Exception {
    var pipe = scratch.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    var read = scratch.resolve("read");
    var reader = new ProcessBuilder("cat", pipe.toString()).redirectOutput(read.toFile()).start();
    var nar = reference(tree);
    try (var out = new FileOutputStream(pipe.toFile())) {
      assertThat(NarWriter.dump(tree, out)).isEqualTo(nar.length);
    }
    assertThat(reader.waitFor()).isZero();
    assertThat(read).hasBinaryContent(nar);
  }

  @Test
  void aDeviceGetsAllBytes() throws Exception {
    write(tree.resolve("mapped"), 17 << 20, new SplittableRandom(5));
    var nar = new ByteArrayOutputStream();
    NarWriter.dump(tree, nar);
    try (var device = new FileOutputStream("/dev/null")) {
      assertThat(NarWriter.dump(tree, device)).isEqualTo(nar.size());
    }
    try (var full = new FileOutputStream("/dev/full")) {
      assertThatThrownBy(() -> NarWriter.dump(tree, full)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void everyFileIsListedWithItsPlace() throws Exception {
    var nar = reference(tree);
    var contents = NarWriter.contents(tree);
    assertThat(contents.narHash()).isEqualTo(Digest.sha256(nar));
    var names = contents.entries().stream().map(NarEntry::path).toList();
    try (var all = Files.walk(tree)) {
      assertThat(names).hasSize((int) all.count());
    }
    for (var entry : contents.entries()) {
      if (entry instanceof NarEntry.Regular file) {
        var start = (int) file.narOffset();
        var bytes = Files.readAllBytes(tree.resolve(file.path().toString()));
        assertThat(Arrays.copyOfRange(nar, start, start + (int) file.size())).isEqualTo(bytes);
        assertThat(file.sha256()).isEqualTo(Digest.sha256(bytes));
      }
    }
  }

  @Test
  void whatHasNoPlaceInANarEndsEveryThread() throws Exception {
    try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(tree.resolve("d5/socket")));
      assertThatThrownBy(() -> NarWriter.dump(tree, OutputStream.nullOutputStream()))
          .isInstanceOf(KilnException.class)
          .hasMessageContaining("d5/socket is no file");
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("kiln-nar") && thread.isAlive());
  }

  @Test
  void aReaderThatIsGoneEndsEveryThread() {
    var full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("full");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("full");
          }
        };
    assertThatThrownBy(() -> NarWriter.dump(tree, full)).hasMessage("full");
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("kiln-nar") && thread.isAlive());
  }

  private static byte[] reference(Path tree) throws IOException {
    var out = new ByteArrayOutputStream();
    string(out, "nix-archive-1");
    node(out, tree);
    return out.toByteArray();
  }

  private static void node(ByteArrayOutputStream out, Path path) throws IOException {
    string(out, "(");
    string(out, "type");
    if (Files.isSymbolicLink(path)) {
      string(out, "symlink");
      string(out, "target");
      string(out, Files.readSymbolicLink(path).toString());
    } else if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      string(out, "directory");
      try (var children = Files.list(path)) {
        for (var child : children.sorted().toList()) {
          string(out, "entry");
          string(out, "(");
          string(out, "name");
          string(out, child.getFileName().toString());
          string(out, "node");
          node(out, child);
          string(out, ")");
        }
      }
    } else {
      string(out, "regular");
      if (path.toFile().canExecute()) {
        string(out, "executable");
        string(out, "");
      }
      string(out, "contents");
      bytes(out, Files.readAllBytes(path));
    }
    string(out, ")");
  }

  private static void string(ByteArrayOutputStream out, String text) {
    bytes(out, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void bytes(ByteArrayOutputStream out, byte[] bytes) {
    var length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length);
    out.writeBytes(length.array());
    out.writeBytes(bytes);
    out.writeBytes(new byte[-bytes.length & 7]);
  }
}
