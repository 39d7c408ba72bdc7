package dev.kiln.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.memo.Memo;
import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StdSourceTest {
  @TempDir Path directory;

  @Test
  void whatOnlyNightlyCargoReadsIsTakenOut() throws Exception {
    write(
        "Cargo.toml",
        """
        cargo-features = ["profile-rustflags"]
        [workspace]
        members = [
          "std",
          "coretests",
        ]
        [profile.release.package.panic_abort]
        rustflags = ["-Cpanic=abort"]
        [profile.dist]
        inherits = "release"
        rustflags = [
            # why
            "-Cembed-bitcode=yes",
        ]
        debug = 1
        """);
    write("Cargo.lock", "version = 4\n");
    write(
        "std/Cargo.toml",
        """
        cargo-features = ["public-dependency"]
        [package]
        name = "std"
        [dependencies]
        alloc = { path = "../alloc", public = true }
        [dev-dependencies]
        rand = "0.9"
        [target.'cfg(unix)'.dev-dependencies]
        other = "1"
        """);
    write(
        "compiler-builtins/compiler-builtins/Cargo.toml",
        """
        [build-dependencies]
        cc = { version = "1.2", optional = true }
        [features]
        c = ["dep:cc"]
        """);
    write("std/src/lib.rs", "");
    write("unwind/src/lib.rs", "#![no_std]\n#![feature(link_cfg)]\n");
    write("coretests/lib.rs", "");
    write("vendor/object/tests/data", "of a vendored package, whose files have checksums");
    var store = Store.open(directory.resolve("store"), StoreDir.DEFAULT);
    var source = new StdSource(store, new Memo(directory.resolve("memo")));

    var object = source.prepare(directory.resolve("library"), "1.96.0", true);

    var tree = store.physical(object);
    assertThat(tree.resolve("Cargo.toml"))
        .hasContent(
            """
            [workspace]
            members = ["std", "sysroot", "musl_unwind"]
            [profile.release.package.panic_abort]
            [profile.dist]
            inherits = "release"
            debug = 1
            """);
    assertThat(tree.resolve("compiler-builtins/compiler-builtins/Cargo.toml"))
        .as("what compiles C code is not there")
        .hasContent("[build-dependencies]\n[features]\nc = []\n");
    assertThat(tree.resolve("std/Cargo.toml"))
        .hasContent(
            """
            [package]
            name = "std"
            [dependencies]
            alloc = { path = "../alloc" }
            """);
    assertThat(tree.resolve("unwind/src/lib.rs"))
        .as("threads of WASI, which an old library of it lacks")
        .content()
        .startsWith("#![no_std]\n#![feature(linkage)]\n#![feature(link_cfg)]\n")
        .endsWith("mod wasi_threads;\n");
    assertThat(tree.resolve("unwind/src/wasi_threads.rs")).content().contains("fn pthread_create(");
    assertThat(tree.resolve("Cargo.lock")).content().contains("name = \"musl_unwind\"");
    assertThat(tree.resolve("musl_unwind/lib.rs")).content().contains("fn __fprintf_chk(");
    assertThat(tree.resolve("vendor/object/tests/data")).exists();
    assertThat(tree.resolve("coretests")).doesNotExist();
    assertThat(source.prepare(directory.resolve("library"), "1.96.0", true)).isEqualTo(object);
  }

  private void write(String file, String text) throws IOException {
    var path = directory.resolve("library").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
