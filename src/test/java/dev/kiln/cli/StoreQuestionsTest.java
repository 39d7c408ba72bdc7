package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.cli.CommandLines.Ran;
import dev.kiln.store.TestStores;
import java.io.IOException;
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
}
