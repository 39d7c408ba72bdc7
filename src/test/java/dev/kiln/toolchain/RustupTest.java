package dev.kiln.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlReader;
import java.io.IOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RustupTest {
  private final FakeMachine machine = new FakeMachine();

  @BeforeEach
  void installToolchains() throws IOException {
    for (var name :
        new String[] {
          "stable-x86_64-unknown-linux-gnu",
          "1.90.0-x86_64-unknown-linux-gnu",
          "nightly-2026-01-02-x86_64-unknown-linux-gnu",
          "mine"
        }) {
      Files.createDirectories(machine.path("/home/ann/.rustup/toolchains/" + name));
    }
    machine.write(
        "/home/ann/.rustup/settings.toml",
        """
        default_toolchain = "stable-x86_64-unknown-linux-gnu"
        version = "12"

        [overrides]
        "/home/ann" = "1.90.0-x86_64-unknown-linux-gnu"
        """);
    Files.createDirectories(machine.path("/home/ann/app/sub"));
    Files.createDirectories(machine.path("/elsewhere"));
  }

  @AfterEach
  void close() throws IOException {
    machine.close();
  }

  @Test
  void theVariableComesFirst() throws Exception {
    machine.write("/home/ann/app/rust-toolchain.toml", "[toolchain]\nchannel = \"stable\"\n");

    assertThat(active("RUSTUP_TOOLCHAIN", "mine")).isEqualTo("mine");
  }

  @Test
  void theNearestFileOrOverrideComesNext() throws Exception {
    assertThat(active()).isEqualTo("1.90.0-x86_64-unknown-linux-gnu");

    machine.write("/home/ann/app/rust-toolchain.toml", "[toolchain]\nchannel = \"stable\"\n");
    assertThat(active()).isEqualTo("stable-x86_64-unknown-linux-gnu");

    machine.write("/home/ann/app/rust-toolchain", "mine\n");
    assertThat(active()).isEqualTo("mine");
  }

  @Test
  void theDefaultComesLast() throws Exception {
    var choice =
        new RustcChoice(machine.path("/elsewhere"), machine.choice().environment(), null, null);

    assertThat(new Rustup(choice, TomlReader.plain()).active().name())
        .isEqualTo("stable-x86_64-unknown-linux-gnu");
  }

  @Test
  void aToolchainFileMayNameADirectory() throws Exception {
    machine.write("/home/ann/app/rust-toolchain.toml", "[toolchain]\npath = \"../own\"\n");

    assertThat(new Rustup(machine.choice(), TomlReader.plain()).active().directory())
        .isEqualTo(machine.path("/home/ann/own"));
  }

  @Test
  void aChannelIsNotADatedOne() {
    assertThatThrownBy(() -> active("RUSTUP_TOOLCHAIN", "nightly"))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("`nightly` (RUSTUP_TOOLCHAIN) is not installed");
  }

  @Test
  void aMissingToolchainNamesTheFileThatAsksForIt() throws Exception {
    machine.write("/home/ann/app/rust-toolchain.toml", "[toolchain]\nchannel = \"1.42.0\"\n");

    assertThatThrownBy(this::active)
        .hasMessage(
            "the toolchain `1.42.0` (asked for by /home/ann/app/rust-toolchain.toml)"
                + " is not installed")
        .extracting(e -> ((KilnException) e).hint())
        .asString()
        .contains("rustup toolchain install 1.42.0");
  }

  @Test
  void aToolchainFileListsComponentsAndTargets() throws Exception {
    machine.write(
        "/home/ann/app/rust-toolchain.toml",
        """
        [toolchain]
        channel = "nightly-2026-01-02"
        profile = "default"
        components = ["rust-src", "clippy"]
        targets = ["wasm32-wasip1"]
        """);

    var pin = new Rustup(machine.choice(), TomlReader.plain()).findPin().orElseThrow();
    assertThat(pin.channel()).isEqualTo("nightly-2026-01-02");
    assertThat(pin.components()).containsExactly("rust-src", "clippy", "rustfmt");
    assertThat(pin.targets()).containsExactly("wasm32-wasip1");
    assertThat(active()).isEqualTo("nightly-2026-01-02-x86_64-unknown-linux-gnu");
  }

  @Test
  void withoutAChannelItIsTheDefaultToolchain() throws Exception {
    machine.write("/home/ann/app/rust-toolchain.toml", "[toolchain]\ntargets = [\"wasm32\"]\n");

    assertThat(active()).isEqualTo("stable-x86_64-unknown-linux-gnu");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "profile = 'defalt'|unknown profile name: 'defalt'",
        "channel = '1.90'~path = '/x'|cannot specify both channel (1.90) and path (/x)",
        "targets = 'x'|targets",
        "|names no toolchain",
      })
  void aToolchainFileThatCannotBeMeantIsAnError(@Nullable String lines, String message)
      throws Exception {
    machine.write(
        "/home/ann/app/rust-toolchain.toml",
        "[toolchain]\n" + (lines == null ? "" : lines.replace("~", "\n")) + "\n");

    assertThatThrownBy(this::active).hasMessageContaining(message);
  }

  @Test
  void aProxyIsALinkOrACopyOfRustup() throws Exception {
    var rustup = machine.write("/home/ann/.cargo/bin/rustup", "the rustup program");
    machine.link("/home/ann/.cargo/bin/rustc", "/home/ann/.cargo/bin/rustup");
    Files.createLink(machine.path("/home/ann/.cargo/bin/rustdoc"), rustup);
    machine.write("/home/ann/.cargo/bin/other", "another program");
    machine.write("/usr/bin/rustc", "the rustup program");

    assertThat(Rustup.isProxy(machine.path("/home/ann/.cargo/bin/rustc"))).isTrue();
    assertThat(Rustup.isProxy(machine.path("/home/ann/.cargo/bin/rustdoc"))).isTrue();
    assertThat(Rustup.isProxy(machine.path("/home/ann/.cargo/bin/other"))).isFalse();
    assertThat(Rustup.isProxy(machine.path("/usr/bin/rustc"))).isFalse();
  }

  private String active(String... variables) throws KilnException {
    return new Rustup(machine.choice(variables), TomlReader.plain()).active().name();
  }
}
