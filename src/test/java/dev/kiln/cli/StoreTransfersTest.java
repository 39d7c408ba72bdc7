package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.cli.CommandLines.Ran;
import dev.kiln.store.TestStores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What leaves a store and what comes in.
class StoreTransfersTest {
  private static final String NIX = "/nix/store";

  @TempDir Path directory;

  private String added = "";
  private String imported = "";

  /// One object that proves itself, and one that only a signature can vouch for.
  @BeforeEach
  void makeObjects() throws IOException {
    added =
        out(
            kiln(
                "s", "store", "add", Files.writeString(directory.resolve("f"), "one.").toString()));
    var stream = new ByteArrayOutputStream();
    CommandLines.kiln(directory, new byte[0], line("s", "store", "export", added), stream);
    imported = NIX + "/00000000000000000000000000000001-g";
    var other =
        stream
            .toString(StandardCharsets.ISO_8859_1)
            .replace(added, imported)
            .replace("one.", "two.");
    out(kiln("s", other.getBytes(StandardCharsets.ISO_8859_1), "store", "import"));
    Files.writeString(
        directory.resolve("key"), keep("key", "generate-secret", "--key-name", "k-1"));
  }

  @AfterEach
  void deleteStores() throws Exception {
    TestStores.delete(directory.resolve("s"));
    TestStores.delete(directory.resolve("t"));
  }

  private static List<String> line(String store, String... words) {
    var line = new ArrayList<>(List.of("--store", store, "--store-dir", NIX));
    line.addAll(List.of(words));
    return line;
  }

  private Ran kiln(String store, String... words) {
    return kiln(store, new byte[0], words);
  }

  private Ran kiln(String store, byte[] input, String... words) {
    return CommandLines.kiln(directory, Map.of(), input, line(store, words));
  }

  private static String out(Ran ran) {
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran.out().strip();
  }

  private String keep(String... words) {
    return out(kiln("s", words));
  }

  private void refused(Ran ran, String why) {
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains(why);
  }

  @Test
  void allPathsCanBeSignedAndTheirProofsShown() {
    assertThat(kiln("s", "store", "sign", "-k", "key", "--all").err())
        .isEqualTo("added 2 signatures\n");
    assertThat(kiln("s", "store", "sign", "-k", "key", "--all", added).err())
        .startsWith("error: '--all' does not expect arguments");
    assertThat(kiln("s", "store", "sign", "-k", "key", added).err())
        .isEqualTo("added 0 signatures\n");
    assertThat(keep("store", "path-info", "--all", "--sigs", "-s", "--human-readable").lines())
        .hasSize(2)
        .anyMatch(line -> line.matches(imported + "\t 120.0 \tk-1:[^ ]*"))
        .anyMatch(line -> line.matches(added + "\t 120.0 \tca:fixed:r:sha256:[^ ]* k-1:[^ ]*"));
    assertThat(keep("store", "path-info", "--all")).isEqualTo(imported + "\n" + added);
  }

  @Test
  void aCacheIsCompressedAndSignedAsItsUrlSays() throws IOException {
    var cache = "file://" + directory.resolve("c");
    keep("store", "copy", "--to", cache + "?secret-key=key", added);
    keep("store", "copy", "--to", cache + "?compression=zstd", imported);
    assertThat(narInfos()).contains("Compression: xz").contains("Compression: zstd");
    assertThat(narInfos().lines().filter(line -> line.startsWith("Sig: k-1:"))).hasSize(1);
    refused(kiln("s", "store", "copy", "--to", cache + "?foo=1", added), "unknown setting 'foo=1'");
    refused(kiln("s", "store", "copy", "--to", "x://y", added), "cannot copy to or from 'x://y'");
  }

  private String narInfos() throws IOException {
    try (var files = Files.newDirectoryStream(directory.resolve("c"), "*.narinfo")) {
      var texts = new ArrayList<String>();
      for (var file : files) {
        texts.add(Files.readString(file));
      }
      return texts.stream().collect(Collectors.joining());
    }
  }

  @Test
  void betweenStoresOnlyWhatSomebodyVouchesForIsCopied() {
    out(kiln("s", "store", "copy", "--to", "t", added));
    assertThat(out(kiln("t", "store", "path-info", "--all"))).isEqualTo(added);
    refused(kiln("s", "store", "copy", "--to", "t", imported), "lacks a signature");
    refused(kiln("t", "store", "copy", "--from", "s", imported), "lacks a signature");
    keep("store", "sign", "-k", "key", imported);
    var key = "--trusted-public-keys";
    var secret =
        keep("key", "generate-secret", "--key-name", "k-1").getBytes(StandardCharsets.UTF_8);
    var stranger = out(kiln("s", secret, "key", "convert-secret-to-public"));
    refused(
        kiln("t", "store", "copy", "--from", "s", key, stranger, imported), "lacks a signature");
    out(kiln("t", "store", "copy", "--from", "s", "--no-check-sigs", imported));
    out(kiln("t", "store", "verify", "--check-contents"));
    assertThat(out(kiln("t", "store", "path-info", "--sigs", imported))).contains("\tk-1:");
    refused(kiln("t", "store", "copy", "--from", "nowhere", added), "there is no store at");
  }

  @Test
  void whatHasChangedIsNotCopied() throws IOException {
    var physical = directory.resolve("s/store").resolve(added.substring(NIX.length() + 1));
    assertThat(physical.toFile().setWritable(true)).isTrue();
    Files.writeString(physical, "ha");
    refused(kiln("s", "store", "copy", "--to", "t", added), "has changed since it was registered");
    assertThat(out(kiln("t", "store", "path-info", "--all"))).isEmpty();
  }

  /// Nobody may bring what another derivation makes under the name of its outputs.
  @Test
  void derivationsFromOutsideAreHeldAgainstTheirOwnPaths() throws IOException {
    var json =
        """
        {"name": "x", "outputs": {"out": {}}, "inputSrcs": [], "inputDrvs": {}, "system": "s",
         "builder": "/b", "args": [], "env": {"out": ""}}
        """;
    var path = out(kiln("s", json.getBytes(StandardCharsets.UTF_8), "derivation", "add"));
    var text = keep("store", "cat", path);
    var output = keep("store", "query", "--outputs", path);
    var place = directory.resolve("x.drv");
    var forged = text.replace(output, NIX + "/00000000000000000000000000000000-x");
    for (var wrong :
        List.of(forged, text.replace("(\"out\",\"" + output + "\")", "(\"out\",\"/b\")"), "x")) {
      assertThat(wrong).isNotEqualTo(text);
      Files.writeString(place, wrong);
      assertThat(kiln("t", "store", "add", "x.drv").code()).isEqualTo(1);
      assertThat(kiln("t", wrong.getBytes(StandardCharsets.UTF_8), "derivation", "add").code())
          .isEqualTo(1);
      assertThat(kiln("t", export(wrong), "store", "import").code()).isEqualTo(1);
    }
    Files.delete(place);
    Files.createDirectory(place);
    assertThat(kiln("t", "store", "add", "x.drv").code()).isEqualTo(1);
    assertThat(out(kiln("t", "store", "path-info", "--all"))).isEmpty();
    out(kiln("t", export(text), "store", "import"));
  }

  /// Returns the stream of an object that is called a derivation.
  private byte[] export(String text) throws IOException {
    Files.writeString(directory.resolve("plain"), text);
    var plain = keep("store", "add", "plain");
    var stream = new ByteArrayOutputStream();
    CommandLines.kiln(directory, new byte[0], line("s", "store", "export", plain), stream);
    var named = stream.toString(StandardCharsets.ISO_8859_1).replace("-plain", "-x.drv");
    return named.getBytes(StandardCharsets.ISO_8859_1);
  }
}
