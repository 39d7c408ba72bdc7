package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.cli.CommandLines.Ran;
import dev.kiln.store.TestStores;
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

class StoreVerbsTest {
  private static final String NIX = "/nix/store";

  @TempDir Path directory;

  @BeforeEach
  void makeTree() throws IOException {
    Files.createDirectories(directory.resolve("d/sub"));
    Files.writeString(directory.resolve("d/sub/a"), "x\n");
    Files.createSymbolicLink(directory.resolve("d/l"), Path.of("f"));
    var program = Files.writeString(directory.resolve("d/x"), "e\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Files.writeString(directory.resolve("f"), "hi\n");
  }

  @AfterEach
  void deleteStore() throws Exception {
    TestStores.delete(directory.resolve("s"));
  }

  private Ran kiln(String... args) {
    return kiln(new byte[0], args);
  }

  private Ran kiln(byte[] input, String... args) {
    var all = new ArrayList<>(List.of("--store", "s", "--store-dir", NIX));
    all.addAll(List.of(args));
    return CommandLines.kiln(directory, Map.of(), input, all);
  }

  private String out(String... args) {
    var ran = kiln(args);
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran.out();
  }

  /// Values of real Nix 2.8.
  @Test
  void addsAndDescribesAsNix() {
    var path = out("store", "add", "d").strip();
    assertThat(path).isEqualTo(NIX + "/b4f2gk7a4czkc0dnijil12dnn6rhzknz-d");
    assertThat(out("store", "path-info", "--json", path))
        .startsWith(
            "[{\"path\":\""
                + path
                + "\",\"narHash\":"
                + "\"sha256-T6fuk0P9J5MXUEx0X6iOBhWTgah8NgbNkfymhQPTW0U=\",\"narSize\":872,"
                + "\"references\":[],"
                + "\"ca\":\"fixed:r:sha256:0iavsc1qb9pwj76hcdkwm20r6586isl5yx2ca0br69zx8f9yx9sg\","
                + "\"registrationTime\":");
    assertThat(out("store", "ls", "-lR", path))
        .isEqualTo(
            """
            lrwxrwxrwx                    0 ./l -> f
            dr-xr-xr-x                    0 ./sub
            -r--r--r--                    2 ./sub/a
            -r-xr-xr-x                    2 ./x
            """);
    assertThat(out("store", "ls", "--json", "-R", path))
        .isEqualTo(
            "{\"type\":\"directory\",\"entries\":{\"l\":{\"type\":\"symlink\",\"target\":\"f\"},"
                + "\"sub\":{\"type\":\"directory\",\"entries\":{\"a\":{\"type\":\"regular\","
                + "\"size\":2}}},\"x\":{\"type\":\"regular\",\"size\":2,\"executable\":true}}}\n");
    assertThat(out("store", "cat", path + "/sub/a")).isEqualTo("x\n");
    assertThat(out("store", "add", "--mode", "flat", "f").strip())
        .isEqualTo(NIX + "/hrbblgbxbvz8al5a8l85i8giajyajiwj-f");
    var physical = out("store", "path-info", "--physical", path).strip();
    assertThat(physical).endsWith("/s/store/b4f2gk7a4czkc0dnijil12dnn6rhzknz-d");
    assertThat(out("store", "path-info", physical).strip()).isEqualTo(path);
    assertThat(kiln("store", "path-info", NIX + "/00000000000000000000000000000000-x").code())
        .isEqualTo(1);
  }

  @Test
  void dumpsAndRestores() throws IOException {
    var nar = kiln("store", "dump", "d");
    assertThat(nar.out()).contains("nix-archive-1");
    assertThat(out("hash", "path", "d"))
        .isEqualTo("sha256-T6fuk0P9J5MXUEx0X6iOBhWTgah8NgbNkfymhQPTW0U=\n");
    var restored = kiln(nar.out().getBytes(StandardCharsets.UTF_8), "store", "restore", "again");
    assertThat(restored.code()).as(restored.err()).isZero();
    assertThat(directory.resolve("again/sub/a")).hasContent("x\n");
    assertThat(out("hash", "path", "again")).isEqualTo(out("hash", "path", "d"));
  }

  @Test
  void hashesAsNix() {
    assertThat(out("hash", "file", "f"))
        .isEqualTo("sha256-mOpuTyFvL7S2n/+bOkSELDhobKaF8/VdxIxdP7EQe+Q=\n");
    assertThat(
            out(
                "hash",
                "convert",
                "--to",
                "nix32",
                "sha256-VwvJuSJiyOEZ9DY/mC4XukqGIyiDYlGkapah+oBz/gA="))
        .isEqualTo("007yff0gm8cndaj52ql350iqcjms2wp9hgrnyhcy3j324awwj2sp\n");
    assertThat(out("hash", "convert", "--type", "md5", "d41d8cd98f00b204e9800998ecf8427e"))
        .isEqualTo("md5-1B2M2Y8AsgTpgAmY7PhCfg==\n");
  }

  private static final String DERIVATION =
      "Derive([(\"out\",\"/nix/store/%s-d\",\"\",\"\")],[],[],\"x86_64-linux\",\"/bin/sh\","
          + "[],[(\"builder\",\"/bin/sh\"),(\"name\",\"d\"),(\"out\",\"/nix/store/%s-d\"),"
          + "(\"system\",\"x86_64-linux\")])";

  @Test
  void derivationsComeAsTextAndJson() {
    var digest = "5z6fia31ni0fg1bzlrfqg0skvsf63vh6";
    var wrong = DERIVATION.formatted(digest, digest).getBytes(StandardCharsets.UTF_8);
    var refused = kiln(wrong, "derivation", "add");
    assertThat(refused.code()).isEqualTo(1);
    var open = DERIVATION.replace("/nix/store/%s-d", "");
    var added = kiln(open.getBytes(StandardCharsets.UTF_8), "derivation", "add");
    assertThat(added.code()).as(added.err()).isZero();
    var path = added.out().strip();
    assertThat(path).startsWith(NIX + "/").endsWith("-d.drv");
    var shown = out("derivation", "show", path);
    assertThat(shown).contains("\"" + path + "\": {");
    assertThat(kiln(shown.getBytes(StandardCharsets.UTF_8), "derivation", "add").out().strip())
        .isEqualTo(path);
    assertThat(out("store", "query", "--outputs", path)).startsWith(NIX + "/").endsWith("-d\n");
    assertThat(out("store", "query", "--deriver", path)).isEqualTo("unknown-deriver\n");
    assertThat(out("store", "query", "--tree", path)).isEqualTo(path + "\n");
    assertThat(out("store", "query", "--graph", path))
        .startsWith("digraph G {\n\"")
        .contains("[label = \"d.drv\", shape = box, style = filled, fillcolor = \"#ff0000\"]");
    assertThat(out("store", "query", path)).isEqualTo(out("store", "query", "--outputs", path));
  }

  @Test
  void keysSignPaths() throws IOException {
    var secret = out("key", "generate-secret", "--key-name", "test-1");
    Files.writeString(directory.resolve("key"), secret);
    var published =
        kiln(secret.getBytes(StandardCharsets.UTF_8), "key", "convert-secret-to-public");
    assertThat(published.out()).startsWith("test-1:").hasSizeLessThan(secret.length());
    var path = out("store", "add", "d").strip();
    assertThat(kiln("store", "sign", "--key-file", "key", path).err())
        .contains("added 1 signatures");
    assertThat(kiln("store", "sign", "--key-file", "key", path).err())
        .contains("added 0 signatures");
    assertThat(out("store", "path-info", "--json", path)).contains("\"signatures\":[\"test-1:");
  }

  @Test
  void verifyingFindsWhatChanged() throws IOException {
    var path = out("store", "add", "f").strip();
    assertThat(kiln("store", "verify", "--check-contents").code()).isZero();
    var physical = Path.of(out("store", "path-info", "--physical", path).strip());
    assertThat(physical.toFile().setWritable(true)).isTrue();
    Files.writeString(physical, "changed");
    var checked = kiln("store", "verify", "--check-contents");
    assertThat(checked.code()).isEqualTo(1);
    assertThat(checked.err()).contains("path '" + path + "' was modified! expected hash 'sha256:");
    assertThat(kiln("store", "verify").code()).isZero();
    assertThat(kiln("store", "verify", path).code()).isEqualTo(1);
    Files.delete(physical);
    var gone = kiln("store", "verify");
    assertThat(gone.code()).isZero();
    assertThat(gone.err()).contains("disappeared");
    assertThat(kiln("store", "path-info", path).code()).isEqualTo(1);
  }

  @Test
  void aStoreThatIsNoneIsAnErrorInOneSentence() {
    var ran = kiln("store", "path-info", NIX + "/00000000000000000000000000000000-x");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("there is no store at");
  }

  @Test
  void aDamagedPathIsRepairedFromACache() throws IOException {
    var path = out("store", "add", "f").strip();
    var cache = "file://" + directory.resolve("cache");
    var empty = "file://" + directory.resolve("empty");
    out("store", "copy", "--to", cache, path);
    var physical = directory.resolve("s/store").resolve(path.substring(NIX.length() + 1));
    assertThat(physical.toFile().setWritable(true)).isTrue();
    Files.writeString(physical, "changed");
    var repair = List.of("store", "verify", "--check-contents", "--repair", "--substituters");
    var args = new ArrayList<>(repair);
    args.add(empty);
    assertThat(kiln(args.toArray(String[]::new)).code()).isEqualTo(1);
    assertThat(physical).hasContent("changed");
    args.set(args.size() - 1, empty + " " + cache);
    var ran = kiln(args.toArray(String[]::new));
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(physical).hasContent("hi\n");
    out("store", "verify", "--check-contents");
  }

  @Test
  void severalPathsAreAddedUpToOneThatFails() throws IOException {
    Files.writeString(directory.resolve("g"), "other\n");
    var all = out("store", "add", "d", "f", "g").lines().toList();
    assertThat(all).hasSize(3).first().isEqualTo(NIX + "/b4f2gk7a4czkc0dnijil12dnn6rhzknz-d");
    assertThat(all).isEqualTo(List.of(added("d"), added("f"), added("g")));
    var failed = kiln("store", "add", "f", "missing", "g");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.out()).isEqualTo(all.get(1) + "\n");
    assertThat(failed.err())
        .startsWith("error: cannot add " + directory.resolve("missing") + " to the store: there");
    assertThat(kiln("store", "add", "--name", "n", "d", "f").code()).isEqualTo(1);
  }

  private String added(String path) {
    return out("store", "add", path).strip();
  }

  /// What Nix 2.8 prints, its order and its columns.
  @Test
  void questionsAreAnsweredAsByNix() {
    var tree = added("d");
    var file = out("store", "add", "--name", "a-longer-name", "f").strip();
    assertThat(out("store", "path-info", "-s", tree, file))
        .isEqualTo(
            """
            %s            \t        872
            %s\t        120
            """
                .formatted(tree, file));
    var json = out("store", "path-info", "--json", file, tree);
    assertThat(json.indexOf(tree)).isLessThan(json.indexOf(file));
    assertThat(out("store", "ls", tree + "/x")).isEqualTo("x\n");
    assertThat(out("store", "ls", "-l", file))
        .isEqualTo("-r--r--r--                    3 " + file.substring(NIX.length() + 1) + "\n");
    assertThat(out("store", "ls", "-d", tree + "/sub")).isEqualTo(".\n");
    assertThat(out("store", "query", "--outputs", tree)).isEqualTo(tree + "\n");
    assertThat(out("store", "query", "--tree", tree, tree))
        .isEqualTo(tree + "\n" + tree + " [...]\n");
    var missing = NIX + "/00000000000000000000000000000000-x";
    assertThat(out("store", "query", "--referrers", missing)).isEmpty();
    assertThat(kiln("store", "query", "--references", missing).err())
        .isEqualTo("error: path '" + missing + "' is not valid\n");
    var open = DERIVATION.replace("/nix/store/%s-d", "").getBytes(StandardCharsets.UTF_8);
    var derivation = kiln(open, "derivation", "add").out().strip();
    assertThat(out("store", "query", "--binding", "system", derivation))
        .isEqualTo("x86_64-linux\n");
    assertThat(kiln("store", "query", "--binding", "no", derivation).err())
        .contains("has no environment binding named 'no'");
    assertThat(kiln("store", "realise", derivation + "!doc").err())
        .contains("does not have wanted outputs 'doc'");
    assertThat(kiln("store", "query", "-Ru", derivation).code()).isEqualTo(1);
    assertThat(out("store", "query", "-R", "--include-outputs", derivation))
        .isEqualTo(derivation + "\n");
  }

  @Test
  void hashesAreWrittenInEveryFormByAVerbOfItsOwn() {
    var sri = "sha256-VwvJuSJiyOEZ9DY/mC4XukqGIyiDYlGkapah+oBz/gA=";
    assertThat(out("hash", "to-base32", sri))
        .isEqualTo("007yff0gm8cndaj52ql350iqcjms2wp9hgrnyhcy3j324awwj2sp\n");
    assertThat(out("hash", "to-base64", sri)).isEqualTo(sri.substring(7) + "\n");
    var hex = out("hash", "to-base16", sri).strip();
    assertThat(out("hash", "to-sri", "--type", "sha256", hex)).isEqualTo(sri + "\n");
    assertThat(kiln("hash", "to-sri", hex).code()).isEqualTo(1);
  }

  @Test
  void whatIsNotThereIsNamed() {
    for (var verb : List.of(List.of("store", "dump"), List.of("hash", "path"))) {
      var ran = kiln(verb.get(0), verb.get(1), "missing");
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.err()).contains("cannot read").contains(directory.resolve("missing") + "");
    }
  }
}
