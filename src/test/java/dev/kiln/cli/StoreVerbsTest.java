package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.cli.CommandLines.Ran;
import dev.kiln.process.RawText;
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
  private String place = "s";

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
    TestStores.delete(directory.resolve(place));
  }

  private Ran kiln(String... args) {
    return kiln(new byte[0], args);
  }

  private Ran kiln(byte[] input, String... args) {
    var all = new ArrayList<>(List.of("--store", place, "--store-dir", NIX));
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
    assertThat(physical.toFile().setWritable(true)).isTrue();
    Files.writeString(physical, "changed");
    assertThat(kiln("store", "verify", "--repair", path).code()).isEqualTo(1);
    var mended = kiln("store", "verify", "--repair", "--substituters", cache, path);
    assertThat(mended.code()).as(mended.err()).isZero();
    assertThat(mended.err()).contains("path '" + path + "' was repaired");
    assertThat(physical).hasContent("hi\n");
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

  /// What Nix 2.8 prints for the same.
  @Test
  void deletionsAreCountedAsByNix() throws IOException {
    var objects = new ArrayList<String>();
    for (var name : List.of("one", "two", "three", "four")) {
      var tree = Files.createDirectory(directory.resolve(name));
      Files.write(tree.resolve("shared"), new byte[3_000_000]);
      Files.writeString(tree.resolve("own"), name);
      objects.add(added(name));
    }
    out("store", "optimise");
    moveStore();
    assertThat(kiln("store", "gc", "--dry-run").err())
        .contains("4 store paths would be deleted, 2.86 MiB freed");
    assertThat(out("store", "gc", "--max-freed", "0"))
        .isEqualTo("0 store paths deleted, 0.00 MiB freed\n");
    assertThat(out("store", "delete", objects.getFirst()))
        .isEqualTo("1 store paths deleted, 0.00 MiB freed\n");
    assertThat(out("store", "gc", "--max-freed", "1M"))
        .isEqualTo("3 store paths deleted, 2.86 MiB freed\n");
  }

  @Test
  void aRootKeepsItsPathWhateverItsNameIs() throws IOException {
    var used = added("f");
    Files.createSymbolicLink(
        RawText.resolve(directory.resolve("s/roots"), "\udcff"), Path.of(used));
    moveStore();
    assertThat(out("store", "gc", "--print-dead")).isEmpty();
    assertThat(out("store", "gc")).isEqualTo("0 store paths deleted, 0.00 MiB freed\n");
  }

  @Test
  void aDeletionTellsWhatItDidNotDoAndOfWhatWasNotValid() throws IOException {
    var used = added("f");
    Files.createSymbolicLink(
        directory.resolve("s/roots/r"), directory.resolve("s/store/" + used.substring(11)));
    var refused = kiln("store", "delete", used);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.out()).isEqualTo("0 store paths deleted, 0.00 MiB freed\n");
    assertThat(refused.err()).contains("still alive");
    var left = "/00000000000000000000000000000000-left";
    Files.write(directory.resolve("s/store" + left), new byte[2_000_000]);
    var deleted = kiln("store", "delete", NIX + left);
    assertThat(deleted.out()).isEqualTo("1 store paths deleted, 1.91 MiB freed\n");
    assertThat(deleted.err()).contains("deleting '" + NIX + left + "'");
    assertThat(directory.resolve("s/store" + left)).doesNotExist();
  }

  @Test
  void whatIsNoRecordOrHalfOfOneIsNamed() throws IOException {
    var path = added("f");
    Files.writeString(directory.resolve("s/info/junk"), "");
    Files.writeString(directory.resolve("s/realisations/junk"), "");
    var checked = kiln("store", "verify");
    assertThat(checked.code()).isZero();
    assertThat(checked.err()).contains(directory.resolve("s/info/junk") + "' is no record");
    out("store", "gc");
    var record = directory.resolve("s/info/" + path.substring(NIX.length() + 1));
    var text = Files.readString(record);
    var damaged =
        List.of(
            text.substring(0, text.indexOf("NarHash") + 30),
            text.substring(0, text.indexOf("RegistrationTime")),
            text.substring(0, text.length() - 1),
            text.replace("References: ", "References: foo"));
    for (var half : damaged) {
      Files.writeString(record, half);
      var asked = kiln("store", "path-info", path);
      assertThat(asked.code()).isEqualTo(1);
      assertThat(asked.err())
          .startsWith("error: the store's record " + record.toRealPath() + " is damaged\nhint: ");
      assertThat(kiln("store", "verify").err()).contains("record " + record + " is damaged");
      assertThat(kiln("store", "gc").err()).contains("record " + record + " is damaged");
    }
  }

  @Test
  void verifyingLooksAtWhatRecordsSay() throws IOException {
    var path = added("f");
    var record = directory.resolve("s/info/" + path.substring(NIX.length() + 1));
    var text = Files.readString(record);

    Files.writeString(record, text.replace("NarSize: 120", "NarSize: 121"));
    var checked = kiln("store", "verify", "--check-contents");
    assertThat(checked.code()).isEqualTo(1);
    assertThat(checked.err()).contains("'" + path + "' has 121 bytes in its record, but 120 in");
    assertThat(kiln("store", "verify", path).code()).isEqualTo(1);
    out("store", "verify", "--check-contents", "--repair");
    assertThat(record).content().contains("NarSize: 120\n");

    var unknown = "00000000000000000000000000000000-x";
    Files.writeString(record, text.replace("References: ", "References: " + unknown));
    var dangling = kiln("store", "verify");
    assertThat(dangling.code()).isEqualTo(1);
    assertThat(dangling.err())
        .contains("'" + path + "' refers to '" + NIX + "/" + unknown + "', which is not valid");

    Files.writeString(record, text.replace(path, NIX + "/" + unknown));
    var other = kiln("store", "verify");
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err()).contains("record " + record + " is damaged; delete it");
  }

  @Test
  void theRootIsAddedUnderAGivenNameOnly() {
    for (var mode : List.of("nar", "flat")) {
      var ran = kiln("store", "add", "--mode", mode, "/");
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.err())
          .isEqualTo(
              """
              error: '/' has no name that its object could have
              hint: give one with --name NAME
              """);
    }
    assertThat(kiln("store", "add", "--mode", "flat", "-n", "x", "/").err())
        .contains("is no regular file");
  }

  @Test
  void aDeviceIsRefusedAndNotToBeDeleted() {
    for (var verb : List.of(List.of("store", "dump"), List.of("hash", "path"))) {
      var ran = kiln(verb.get(0), verb.get(1), "/dev/null");
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.err())
          .isEqualTo(
              """
              error: /dev/null is no file, directory or symbolic link
              hint: an archive can hold nothing else
              """);
    }
  }

  /// What this process added it protects, but not where the store lies elsewhere.
  private void moveStore() throws IOException {
    Files.move(directory.resolve(place), directory.resolve("moved"));
    place = "moved";
    var lock = directory.resolve("moved/lock");
    Files.delete(lock);
    Files.createFile(lock);
  }
}
