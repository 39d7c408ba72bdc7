package dev.kiln.toolchain.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.toolchain.debian.LockedPackage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelManifestTest {
  private static final String TEXT =
      """
      manifest-version = "2"
      date = "2026-04-14"
      [pkg.rustc]
      version = "1.95.0 (59807616e 2026-04-14)"
      [pkg.rustc.target.x86_64-unknown-linux-gnu]
      available = true
      url = "https://old.example/dist/2026-04-14/rustc.tar.gz"
      hash = "%1$s"
      xz_url = "https://old.example/dist/2026-04-14/rustc.tar.xz"
      xz_hash = "%2$s"
      [pkg.rustfmt-preview]
      version = "1.8.0 (59807616e 2026-04-14)"
      [pkg.rustfmt-preview.target.x86_64-unknown-linux-gnu]
      available = true
      url = "https://old.example/dist/2026-04-14/rustfmt.tar.gz"
      hash = "%1$s"
      [pkg.rust-src]
      version = "1.95.0"
      [pkg.rust-src.target."*"]
      available = true
      url = "https://old.example/dist/2026-04-14/rust-src.tar.gz"
      hash = "%1$s"
      [pkg.rust-std]
      version = "1.95.0"
      [pkg.rust-std.target.x86_64-unknown-linux-gnu]
      available = true
      url = "https://old.example/dist/2026-04-14/rust-std.tar.gz"
      hash = "%1$s"
      [pkg.rust-std.target.armv7-unknown-linux-gnueabihf]
      available = false
      [renames.rustfmt]
      to = "rustfmt-preview"
      """
          .formatted("ab".repeat(32), "cd".repeat(32));
  private static final String HOST = "x86_64-unknown-linux-gnu";

  @Test
  void theSmallerFileIsTakenByItsPathBelowTheServer() throws Exception {
    var rustc = manifest(TEXT).require("rustc", HOST);

    assertThat(rustc.file()).isEqualTo("dist/2026-04-14/rustc.tar.xz");
    assertThat(rustc.sha256().hex()).isEqualTo("cd".repeat(32));
    assertThat(rustc.version()).isEqualTo("1.95.0");
  }

  @Test
  void renamedComponentsAndThoseForAllTargetsAreFound() throws Exception {
    assertThat(manifest(TEXT).require("rustfmt", HOST).file()).endsWith("rustfmt.tar.gz");
    assertThat(manifest(TEXT).require("rust-src", HOST).file()).endsWith("rust-src.tar.gz");
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> manifest(TEXT).require("miri", HOST))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("`miri`");
    assertThatThrownBy(() -> manifest(TEXT).require("rust-std", "armv7-unknown-linux-gnueabihf"))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("`rust-std` for armv7-unknown-linux-gnueabihf");
    assertThatThrownBy(() -> manifest(TEXT.replace("version = \"2\"", "version = \"1\"")))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("version 2");
  }

  @Test
  void aFileAsksForItsComponentsOnEachHost() throws Exception {
    var file = new DistFile("1.95.0", List.of(HOST), List.of("rustfmt", "rust-src"), List.of(HOST));

    assertThat(file.lock(manifest(TEXT)).packages())
        .extracting(LockedPackage::id)
        .containsExactly("rust-src:*", "rust-std:" + HOST, "rustc:" + HOST, "rustfmt:" + HOST);
    assertThat(DistFile.parse(Path.of("x.toml"), file.text())).isEqualTo(file);
  }

  @Test
  void channelsOfADayLieInItsFolder() {
    assertThat(file("1.95.0").manifest()).isEqualTo("dist/channel-rust-1.95.0.toml");
    assertThat(file("nightly-2026-01-31").manifest())
        .isEqualTo("dist/2026-01-31/channel-rust-nightly.toml");
  }

  private static DistFile file(String channel) {
    return new DistFile(channel, List.of(HOST), List.of(), List.of());
  }

  private static ChannelManifest manifest(String text) throws KilnException {
    return ChannelManifest.parse(Path.of("channel.toml"), text);
  }
}
