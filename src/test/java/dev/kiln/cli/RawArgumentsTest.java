package dev.kiln.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.kiln.KilnException;
import dev.kiln.archive.FileNames;
import dev.kiln.cli.CommandLines.Ran;
import dev.kiln.digest.ByteString;
import dev.kiln.process.RawText;
import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import dev.kiln.store.TestStores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Names that are not UTF-8, on the command line and inside objects (nix-store.md §25.2). The paths
/// and hashes are real Nix 2.8's.
class RawArgumentsTest {
  private static final String RAW = "\uDCFF";
  private static final String REPLACED = "\uFFFD";

  @TempDir Path directory;

  /// The file of the raw name, and the one that U+FFFD would lead to.
  @BeforeEach
  void makeFiles() throws IOException {
    Files.writeString(RawText.resolve(directory, RAW), "good");
    Files.writeString(RawText.resolve(directory, REPLACED), "other");
  }

  @AfterEach
  void deleteStore() throws Exception {
    TestStores.delete(directory.resolve("s"));
  }

  private Ran kiln(String... args) {
    var all = new ArrayList<>(List.of("--store", "s", "--store-dir", "/nix/store"));
    all.addAll(List.of(args));
    return CommandLines.kiln(directory, Map.of(), all);
  }

  private String out(String... args) {
    var ran = kiln(args);
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran.out().strip();
  }

  @Test
  void theLastArgumentsOfTheProcessAreThePrograms() throws Exception {
    try (var files = Jimfs.newFileSystem(Configuration.unix())) {
      var commandLine = files.getPath("/cmdline");
      Files.write(
          commandLine, "java\0-cp\0j\0Main\0hash\0\0\377\0\357\277\275\0".getBytes(ISO_8859_1));
      assertThat(RawArguments.read(commandLine, 4)).containsExactly("hash", "", RAW, REPLACED);
      assertThatThrownBy(() -> RawArguments.read(commandLine, 9))
          .isInstanceOf(KilnException.class)
          .hasMessageContaining("not UTF-8");
      assertThatThrownBy(() -> RawArguments.read(files.getPath("/no"), 1))
          .isInstanceOf(KilnException.class)
          .hasMessageContaining("not UTF-8");
      assertThatThrownBy(() -> RawArguments.directory(files.getPath("/no")))
          .isInstanceOf(KilnException.class)
          .hasMessageContaining("working directory");
    }
  }

  @Test
  void rawNamesAreReadAndNotTheirReplacement() {
    assertThat(out("hash", "file", RAW, REPLACED))
        .isEqualTo(
            """
            sha256-dw5gdiTWiSZcpsRIhNCAfZsFTSPEc8EGxyvp3gi3N2w=
            sha256-2SmKENGwc1g33EvYXaxkGw887yekfl1TpU8vP1svz/o=\
            """);
    assertThat(out("hash", "path", RawText.of(directory) + "/" + RAW))
        .isEqualTo("sha256-V3VnK4h/DGZda6JjB/5vuXMqnIjeEfYUcRDerHUzFbY=");
    assertThat(out("store", "add", "-n", "x", RAW))
        .isEqualTo("/nix/store/i9akjgcq1ajjkiawyn5jd235m9nhssh5-x");
    assertThat(out("store", "add", "--mode", "flat", "-n", "y", RAW))
        .isEqualTo("/nix/store/zi83ns5jqcpymrd1i30zm7hq0vq7wngf-y");
    assertThat(kiln("store", "add", RAW).code()).isEqualTo(1);
  }

  @Test
  void commandsThatTakeTextRefuseThem() {
    var ran = kiln("build", "-p", RAW);
    assertThat(ran.code()).isEqualTo(101);
    assertThat(ran.err()).startsWith("error: the argument `\\xFF` is not UTF-8\n");
    var other = kiln("--manifest-path", RAW, "store", "gc");
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err()).isEqualTo("error: no file can be called `\\xFF`\n");
  }

  @Test
  void aWorkingDirectoryMayHaveSuchAName() throws IOException {
    var inside = Files.createDirectory(RawText.resolve(directory, "\uDCFEd"));
    Files.writeString(inside.resolve("f"), "hi");
    var ran = CommandLines.kiln(inside, "hash", "file", "f");
    assertThat(ran.out()).isEqualTo("sha256-j0NDRmSPa5bfid2pAcUXaxCm2Dlh3TwayItZstwyeqQ=\n");
  }

  /// The tree of the values: `\377` holds 1, `\376` holds 2, `l` leads to `\375z`, and `d\351/é`
  /// holds 3.
  @Test
  void objectsAreEnteredAndListedByBytes() throws IOException {
    var tree = Files.createDirectory(directory.resolve("o"));
    Files.writeString(RawText.resolve(tree, RAW), "1");
    Files.writeString(RawText.resolve(tree, "\uDCFE"), "2");
    FileNames.createLink(tree.resolve("l"), ByteString.of("\375z".getBytes(ISO_8859_1)));
    var sub = Files.createDirectory(RawText.resolve(tree, "d\uDCE9"));
    Files.writeString(RawText.resolve(sub, "é"), "3");
    var object = out("store", "add", "o");
    assertThat(out("store", "cat", object + "/" + RAW)).isEqualTo("1");
    var physical = RawText.of(directory) + "/s/store/" + object.substring("/nix/store/".length());
    assertThat(
            out(
                "store",
                "cat",
                physical + "/d\uDCE9/" + RawText.of("é".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("3");
    assertThat(list("-R", object)).isEqualTo("./d\351\n./d\351/\303\251\n./l\n./\376\n./\377\n");
    assertThat(list("-l", object)).contains(" ./l -> \375z\n");
    assertThat(list("-l", object + "/\uDCFF")).isEqualTo("-r--r--r--                    1 \377\n");
    assertThat(list("--json", object).strip())
        .isEqualTo(
            "{\"type\":\"directory\",\"entries\":{\"d\351\":{},\"l\":{},\"\376\":{},\"\377\":{}}}");
    assertThat(list("--json", object, "-R"))
        .contains("{\"d\351\":{\"type\":\"directory\",\"entries\":{\"\303\251\":{\"type\":")
        .contains("\"target\":\"\375z\"");
  }

  @Test
  void rootsAreNamedByBytes() throws KilnException {
    var object = out("store", "add", "-n", "x", RAW);
    Store.open(directory.resolve("s"), new StoreDir("/nix/store"))
        .addIndirectRoot(
            RawText.resolve(directory, "l" + RAW), StorePath.parse(object.substring(11)));
    assertThat(bytes("store", "query", "--roots", object)).contains("/l\377 -> " + object + "\n");
    assertThat(bytes("store", "gc", "--print-roots")).contains("/l\377 -> " + object + "\n");
  }

  /// Returns the bytes of a listing.
  private String list(String... args) {
    var all = new ArrayList<>(List.of("store", "ls"));
    all.addAll(List.of(args));
    return bytes(all.toArray(String[]::new));
  }

  /// Returns the bytes that a command writes, a char for each.
  private String bytes(String... args) {
    var all = new ArrayList<>(List.of("--store", "s", "--store-dir", "/nix/store"));
    all.addAll(List.of(args));
    var out = new ByteArrayOutputStream();
    assertThat(CommandLines.kiln(directory, new byte[0], all, out)).isZero();
    return out.toString(ISO_8859_1);
  }
}
