package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs find what they need: Rust's shared libraries from the shell and by `kiln run`, and the
/// environment that Cargo gives.
@Needs({"rustc", "cc", "bwrap"})
class RunIT {
  @TempDir static Path temp;
  private static KilnProgram kiln;

  @BeforeAll
  static void places() {
    kiln = new KilnProgram(temp.resolve("places"));
  }

  @Test
  void sharedLibrariesLieBesideTheProgram() throws Exception {
    var root = temp.resolve("dynamic");
    KilnProgram.write(
        root.resolve("Cargo.toml"), "[workspace]\nmembers = ['lib', 'app']\nresolver = '2'\n");
    KilnProgram.write(
        root.resolve(".cargo/config.toml"), "[build]\nrustflags = ['-Cprefer-dynamic']\n");
    KilnProgram.write(
        root.resolve("lib/Cargo.toml"),
        "[package]\nname = 'shared'\nedition = '2021'\n[lib]\ncrate-type = ['dylib']\n");
    KilnProgram.write(root.resolve("lib/src/lib.rs"), "pub fn hi() -> &'static str { \"hi\" }\n");
    KilnProgram.write(
        root.resolve("app/Cargo.toml"),
        "[package]\nname = 'app'\nedition = '2021'\n[dependencies]\nshared.path = '../lib'\n");
    KilnProgram.write(
        root.resolve("app/src/main.rs"), "fn main() { println!(\"{}\", shared::hi()); }\n");

    assertThat(kiln.run(root, "build", "--offline").code()).isZero();
    assertThat(kiln.start(root, Map.of(), List.of("result/bin/app")).out()).isEqualTo("hi\n");
    assertThat(kiln.run(root, "run", "--offline", "-q").out()).isEqualTo("hi\n");
  }

  @Test
  void theEnvironmentIsCargos() throws Exception {
    var root = temp.resolve("asks");
    KilnProgram.write(
        root.resolve("Cargo.toml"),
        "[package]\nname = 'asks'\nversion = '1.2.3'\nedition = '2021'\n");
    KilnProgram.write(
        root.resolve("build.rs"),
        """
        fn main() {
            let out = std::env::var("OUT_DIR").unwrap();
            std::fs::write(format!("{out}/note"), "kept").unwrap();
            println!("cargo::rustc-env=NOTE={out}/note");
        }
        """);
    KilnProgram.write(root.resolve(".cargo/config.toml"), "[env]\nCONFIGURED = 'yes'\n");
    KilnProgram.write(
        root.resolve("src/main.rs"),
        """
        use std::env::{args, var};
        fn main() {
            for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_VERSION", "CONFIGURED"] {
                println!("{}", var(name).unwrap());
            }
            println!("{}", std::fs::read_to_string(var("NOTE").unwrap()).unwrap());
            println!("{}", args().nth(1).unwrap());
            std::process::exit(7);
        }
        """);

    var run = kiln.run(root, "run", "--offline", "-q", "--", "größe");
    assertThat(run.out()).isEqualTo(root + "\n1.2.3\nyes\nkept\ngröße\n");
    assertThat(run.code()).isEqualTo(7);
  }
}
