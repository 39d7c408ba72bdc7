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

/// What the store's commands answer and how they read paths, as real Nix 2.8 does.
class StoreQuestionsTest {
  private static final String TREE = "/nix/store/qhr2hq2mkiszwi1xg99cl89vw8xsx3yl-d";

  private static final String FLOATING =
      """
      Derive([('out','','r:sha256','')],[],[],'x86_64-linux','/bin/sh',[],\
      [('builder','/bin/sh'),('name','ca'),\
      ('out','/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9'),\
      ('outputHashAlgo','sha256'),('outputHashMode','recursive'),\
      ('system','x86_64-linux')])\
      """;

  @TempDir Path directory;

  @BeforeEach
  void makeTree() throws IOException {
    Files.createDirectory(directory.resolve("d"));
    Files.writeString(directory.resolve("d/a"), "hi\n");
  }

  @AfterEach
  void deleteStore() throws Exception {
    TestStores.delete(directory.resolve("s"));
  }

  private Ran kilnIn(Path cwd, Map<String, String> environment, String... args) {
    var store = directory.resolve("s").toString();
    var all = new ArrayList<>(List.of("--store", store, "--store-dir", "/nix/store"));
    all.addAll(List.of(args));
    return CommandLines.kiln(cwd, environment, all);
  }

  private Ran kiln(String... args) {
    return kilnIn(directory, Map.of(), args);
  }

  private String out(String... args) {
    var ran = kiln(args);
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran.out();
  }

  @Test
  void pathsAreCanonicalised() {
    assertThat(out("store", "add", "d")).isEqualTo(TREE + "\n");
    var name = TREE.substring("/nix/store/".length());
    for (var text :
        List.of("/nix/store//" + name + "/", "/nix/./store/x/../" + name, "//nix/store/" + name)) {
      assertThat(out("store", "path-info", text)).as(text).isEqualTo(TREE + "\n");
      assertThat(out("store", "cat", text + "/a")).as(text).isEqualTo("hi\n");
      assertThat(kiln("store", "dump", text).out()).as(text).contains("nix-archive-1");
    }
    assertThat(kiln("store", "path-info", TREE + "/..").code()).isEqualTo(1);
    var inside = directory.resolve("s/store").resolve(name);
    assertThat(kilnIn(inside, Map.of(), "store", "path-info", ".").out()).isEqualTo(TREE + "\n");
    assertThat(kilnIn(inside, Map.of(), "store", "ls", "./a/").out()).isEqualTo("a\n");
  }

  @Test
  void aSlashAtTheEndFollowsALink() throws IOException {
    Files.createSymbolicLink(directory.resolve("l"), Path.of("d"));
    Files.createSymbolicLink(directory.resolve("lf"), Path.of("d/a"));
    var tree = out("hash", "path", "d");
    assertThat(out("hash", "path", "l/", "l/.", "l/../d")).isEqualTo(tree + tree + tree);
    assertThat(out("hash", "path", "l"))
        .isEqualTo("sha256-P2+f7NRh+oATqiFsE8kEjotYFJFupw1HkyMQp14w3DQ=\n");
    assertThat(out("store", "dump", "l/")).isEqualTo(out("store", "dump", "d"));
    assertThat(out("store", "add", "l", "l/"))
        .isEqualTo(
            """
            /nix/store/b108z334lb4nigfwp9zrlm4qcmcccsqq-l
            /nix/store/4xzxr2df4h7cjrrh0q25zihd00506jv7-l
            """);
    for (var file : List.of("lf/", "d/a/")) {
      assertThat(kiln("hash", "path", file).code()).isEqualTo(1);
      assertThat(kiln("hash", "file", file).code()).isEqualTo(1);
      assertThat(kiln("store", "add", file).code()).isEqualTo(1);
    }
  }

  @Test
  void jsonHasTheSizeOfClosures() throws IOException {
    out("store", "add", "d");
    assertThat(out("store", "path-info", "--json", "-S", TREE))
        .contains("k5247\",\"closureSize\":288,\"registrationTime\":");
    assertThat(out("store", "path-info", "--json", TREE)).doesNotContain("closureSize");
    assertThat(out("store", "path-info", "--json", "-rS", TREE)).contains("\"closureSize\":288,");
  }

  /// Adds a derivation, from its text with `'` for `"`.
  private String derivation(String name, String text) {
    var all = List.of("--store", "s", "--store-dir", "/nix/store", "derivation", "add", "-n", name);
    var input = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    var ran = CommandLines.kiln(directory, Map.of(), input, all);
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran.out().strip();
  }

  @Test
  void outputsComeInTheOrderOfTheirPaths() {
    var several =
        derivation(
            "m",
            """
            Derive([('aa','/nix/store/agc3y2bd7d6h6w9ikv7w1mmnjhwfr8g8-m-aa','',''),\
            ('out','/nix/store/kzvd4y1382559mralnkpwnxwcx48c6vf-m','',''),\
            ('zz','/nix/store/z4i62sz055dr18mfgvzhfqxqpqwcg842-m-zz','','')],[],[],\
            'x86_64-linux','/bin/sh',['-c','echo >$out; echo > $zz; echo >$aa'],\
            [('aa','/nix/store/agc3y2bd7d6h6w9ikv7w1mmnjhwfr8g8-m-aa'),('builder','/bin/sh'),\
            ('name','m'),('out','/nix/store/kzvd4y1382559mralnkpwnxwcx48c6vf-m'),\
            ('outputs','out zz aa'),('system','x86_64-linux'),\
            ('zz','/nix/store/z4i62sz055dr18mfgvzhfqxqpqwcg842-m-zz')])\
            """);
    var paths =
        """
        /nix/store/agc3y2bd7d6h6w9ikv7w1mmnjhwfr8g8-m-aa
        /nix/store/kzvd4y1382559mralnkpwnxwcx48c6vf-m
        /nix/store/z4i62sz055dr18mfgvzhfqxqpqwcg842-m-zz
        """;
    assertThat(out("store", "query", "--outputs", several)).isEqualTo(paths);
    assertThat(out("store", "query", several, TREE)).isEqualTo(paths + TREE + "\n");
  }

  @Test
  void outputsThatAreNotKnownYetAreAnError() {
    var floating = derivation("ca", FLOATING);
    assertThat(floating).isEqualTo("/nix/store/951z0fxmjf0xnalgws50cjjjsqd1ph3y-ca.drv");
    var dependent =
        derivation(
            "dep",
            """
            Derive([('out','','','')],[('/nix/store/951z0fxmjf0xnalgws50cjjjsqd1ph3y-ca.drv',\
            ['out'])],[],'x86_64-linux','/bin/sh',[],[('builder','/bin/sh'),\
            ('ca','/088c0dc59gvv7ysm05m8z18q35xrlmpydy6dpv3slrl5bdjp37pi'),('name','dep'),\
            ('out',''),('system','x86_64-linux')])\
            """);
    for (var path : List.of(floating, dependent)) {
      for (var query :
          List.of("--outputs", "-u --hash", "-u --requisites", "-u --roots", "-u --referrers")) {
        var ran = kiln(("store query " + query + " " + path).split(" ", -1));
        assertThat(ran.code()).as(query).isEqualTo(1);
        assertThat(ran.err()).contains("cannot use output path of floating content-addressed");
      }
      assertThat(out("store", "query", "-R", "--include-outputs", path)).contains(path);
    }
  }

  @Test
  void useOutputLeavesDerivationsToQuestionsAboutThem() {
    var derivation = derivation("ca", FLOATING);
    assertThat(out("store", "query", "-u", "--deriver", derivation)).isEqualTo("unknown-deriver\n");
    assertThat(out("store", "query", "-u", "--tree", derivation)).isEqualTo(derivation + "\n");
    assertThat(out("store", "query", "-u", "--binding", "name", derivation)).isEqualTo("ca\n");
  }

  @Test
  void aHomeIsAskedForOnlyWhereOneIsNeeded() {
    var homeless = Map.of("HOME", "");
    assertThat(kilnIn(directory, homeless, "store", "add", "d").out()).isEqualTo(TREE + "\n");
    assertThat(kilnIn(directory, homeless, "store", "path-info", TREE).code()).isZero();
    var own = List.of("store", "path-info", TREE);
    var ran = CommandLines.kiln(directory, homeless, own);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("neither HOME nor XDG_DATA_HOME is set");
    assertThat(CommandLines.kiln(directory, homeless, List.of("store", "dump", "d")).code())
        .isZero();
  }

  @Test
  void noFlagIsIgnored() {
    out("store", "add", "d");
    for (var flags : List.of("-sh", "-hs", "-s -h", "-s --human-readable")) {
      assertThat(out(("store path-info " + TREE + " " + flags).split(" ", -1)))
          .as(flags)
          .isEqualTo(TREE + "\t 288.0 \n");
    }
    assertThat(out("store", "path-info", "--help")).contains("-h, --human-readable");
    assertThat(kiln("store", "path-info", "--physical", "--json", TREE).err())
        .contains("'--json' cannot be used with '--physical'");
    assertThat(kiln("store", "query", "--physical", "--graph", TREE).code()).isEqualTo(1);
    assertThat(kiln("store", "add", "--mode", "text", "--hash-algo", "sha1", "d/a").err())
        .contains("sha256 only");
    assertThat(kiln("store", "add", "--mode", "text", "--hash-algo", "sha256", "d/a").code())
        .isZero();
  }

  @Test
  void wordsWithoutASubCommandAreWrongUsage() {
    for (var word : List.of("store", "hash", "derivation", "key")) {
      var ran = kiln(word);
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.err()).startsWith("error: 'kiln " + word + "' requires a sub-command\n");
      assertThat(out(word, "--help")).contains("Commands:");
    }
  }

  @Test
  void theJsonOfPathsEndsWithoutALineEnd() {
    out("store", "add", "d");
    assertThat(out("store", "path-info", "--json", TREE)).endsWith("}]");
  }
}
