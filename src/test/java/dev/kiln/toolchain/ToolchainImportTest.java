package dev.kiln.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.KilnException;
import dev.kiln.Needs;
import dev.kiln.memo.Memo;
import dev.kiln.process.Command;
import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolchainImportTest {
  @TempDir Path directory;

  private Store store;
  private Memo memo;

  @BeforeEach
  void open() throws Exception {
    store = Store.open(directory.resolve("store"), StoreDir.DEFAULT);
    memo = new Memo(directory.resolve("memo"));
  }

  @Nested
  @Needs({"rustc", "cc"})
  class OfThisMachine {
    /// One import only: it copies some hundred megabytes.
    @Test
    void compilesAndRunsFromTheStore() throws Exception {
      var choice = new RustcChoice(directory, new TreeMap<>(System.getenv()), null, null);
      var rustc = new RustcFinder(memo, ToolchainImportTest::run).find(choice);
      var imports = new ToolchainImport(store, memo);
      assertThat(imports.find(rustc)).isEmpty();

      var toolchain = imports.require(rustc);

      assertThat(imports.find(rustc)).contains(toolchain);
      assertThat(store.isValid(toolchain.object())).isTrue();
      var object = store.physical(toolchain.object());
      assertThat(object.resolve("share")).doesNotExist();
      assertThat(object.resolve("bin/cargo")).doesNotExist();
      Files.writeString(directory.resolve("hello.rs"), "fn main() { println!(\"hello\"); }");
      assertThat(run(object.resolve("bin/rustc").toString(), "--print=sysroot").strip())
          .isEqualTo(object.toString());
      run(object.resolve("bin/rustc").toString(), "hello.rs");
      assertThat(run(directory.resolve("hello").toString())).isEqualTo("hello\n");

      assertThat(imports.std(rustc, "riscv64gc-unknown-linux-musl")).isEmpty();
    }

    private String run(String... argv) throws Exception {
      var answer =
          ToolchainImportTest.run(
              new Runner.Question(List.of(argv), new TreeMap<>(System.getenv()), directory));
      assertThat(answer.exit()).as(answer.err()).isZero();
      return answer.out();
    }
  }

  @Test
  void anotherStandardLibraryLeavesTheHostsToolchainAsItIs() throws Exception {
    var host = "x86_64-unknown-linux-gnu";
    var sysroot = directory.resolve("rust");
    write(sysroot.resolve("bin/rustc"), FakeMachine.elf("/lib/ld", List.of(), "$ORIGIN/../lib"));
    write(sysroot.resolve("lib/rustlib/" + host + "/lib/libstd.rlib"), new byte[] {1});
    var rustc =
        new InstalledRustc(
            "1.95.0",
            sysroot.resolve("bin/rustc"),
            sysroot,
            RustcVersion.parse(FakeMachine.VERSION),
            List.of());
    var imports = new ToolchainImport(store, memo);

    var first = imports.require(rustc);
    assertThat(imports.require(rustc)).isEqualTo(first);
    assertThat(first.object().name()).isEqualTo("rust-1.95.0");

    write(sysroot.resolve("lib/rustlib/wasm32-wasip1/lib/libstd.rlib"), new byte[] {2});
    assertThat(imports.require(rustc)).isEqualTo(first);
    var std = imports.std(rustc, "wasm32-wasip1").orElseThrow();
    assertThat(imports.std(rustc, "wasm32-wasip1")).contains(std);
    var composition = new ToolchainComposition(store, memo);
    var both = composition.compose(first.object(), std);
    assertThat(composition.compose(first.object(), std)).isEqualTo(both);
    assertThat(both.name()).isEqualTo("rust-1.95.0-wasm32-wasip1");
    var tree = store.physical(both);
    assertThat(tree.resolve("lib/rustlib/wasm32-wasip1/lib/libstd.rlib"))
        .hasBinaryContent(new byte[] {2});
    assertThat(tree.resolve("lib/rustlib/" + host + "/lib/libstd.rlib"))
        .hasBinaryContent(new byte[] {1});
    assertThat(Files.getAttribute(tree.resolve("bin/rustc"), "unix:nlink"))
        .as("composed of links, it takes no more room")
        .isEqualTo(2);

    write(sysroot.resolve("lib/rustlib/" + host + "/lib/libmore.rlib"), new byte[] {3});
    assertThat(imports.find(rustc)).isEmpty();
    assertThat(imports.require(rustc).object()).isNotEqualTo(first.object());
  }

  private static void write(Path file, byte[] contents) throws Exception {
    Files.createDirectories(file.getParent());
    Files.write(file, contents);
  }

  private static Runner.Answer run(Runner.Question question)
      throws KilnException, InterruptedException {
    var captured =
        new Command(question.argv(), question.directory(), question.environment()).capture();
    return new Runner.Answer(captured.exit().code(), captured.stdout(), captured.stderr());
  }
}
