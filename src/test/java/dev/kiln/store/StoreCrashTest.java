package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.archive.NarWriter;
import dev.kiln.archive.Trees;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that adds objects, at random moments, and looks at what it leaves.
class StoreCrashTest {
  private static final int ROUNDS = 4;
  private static final int OBJECTS = 100_000;

  @TempDir Path directory;

  @Test
  void whatAKilledProcessLeavesIsWholeOrNotValid() throws Exception {
    var root = directory.resolve("s");
    var random = new Random(5);
    for (var round = 0; round < ROUNDS; round++) {
      var child = start(root, round);
      assertThat(child.getInputStream().read()).isEqualTo('x');
      Thread.sleep(50 + random.nextInt(300));
      child.destroyForcibly().waitFor();
    }
    var store = Store.open(root, StoreDir.DEFAULT);
    var valid = store.validPaths();
    assertThat(valid).hasSizeGreaterThan(ROUNDS);
    for (var path : valid) {
      assertThat(NarWriter.hash(store.physical(path)).hash())
          .isEqualTo(store.requireInfo(path).narHash());
      assertThat(store.files(path)).isEqualTo(NarWriter.contents(store.physical(path)).entries());
    }
    var _ = store.newStaging();
    assertThat(StoreProcess.names(store.layout().staging())).hasSize(1);
    var collector = new GarbageCollector(store, _ -> Collections.emptySortedSet());
    assertThat(collector.collect(GarbageCollector.Options.DEFAULT).paths()).hasSize(valid.size());
    assertThat(store.physicalDirectory()).isEmptyDirectory();
    assertThat(store.layout().infos()).isEmptyDirectory();
    assertThat(store.layout().fileLists()).isEmptyDirectory();
    Trees.delete(root);
  }

  private static Process start(Path root, int round) throws Exception {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Adder.class.getName(),
                root.toString(),
                Integer.toString(round)))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /// Adds objects until it is killed, and says when the first ones are valid.
  static final class Adder {
    private Adder() {}

    public static void main(String[] args) throws Exception {
      var store = Store.open(Path.of(args[0]), StoreDir.DEFAULT);
      var batch = new FileBatch(store);
      var file = Path.of(args[0]).resolveSibling("file" + args[1]);
      for (var i = 0; i < OBJECTS; i++) {
        var tree = Files.createDirectory(store.newStaging().resolve("t"));
        Files.writeString(tree.resolve("a"), "file " + i + " of " + args[1]);
        Files.createDirectory(tree.resolve("d"));
        Files.write(tree.resolve("d/b"), args[1].getBytes(StandardCharsets.UTF_8));
        var _ = store.adopt("tree-" + i, tree, Collections.emptySortedSet());
        var _ = batch.addTree("file-" + i, Files.writeString(file, i + " of " + args[1]));
        if (i == 2) {
          batch.write();
          store.flush();
          System.out.print('x');
          System.out.flush();
        }
      }
    }
  }
}
