package dev.kiln.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RustcFinderTest {
  private static final String STABLE =
      "/home/ann/.rustup/toolchains/stable-x86_64-unknown-linux-gnu";
  private static final String OLD = "/home/ann/.rustup/toolchains/1.90.0-x86_64-unknown-linux-gnu";

  private final FakeMachine machine = new FakeMachine();

  @BeforeEach
  void fill() throws IOException {
    Files.createDirectories(machine.path("/home/ann/app"));
  }

  @AfterEach
  void close() throws IOException {
    machine.close();
  }

  @Test
  void withoutRustcTheSentenceSaysHowToGetOne() {
    assertThatThrownBy(() -> find(machine.choice()))
        .isInstanceOf(KilnException.class)
        .hasMessage("no Rust compiler: `rustc` is not on PATH")
        .extracting(e -> ((KilnException) e).hint())
        .asString()
        .contains("rustup")
        .contains("apt-get install rustc");
  }

  @Test
  void theCompilerOnThePathIsAskedOnce() throws Exception {
    machine.toolchain("/usr", FakeMachine.VERSION);

    var rustc = find(machine.choice());
    int asked = machine.questions.size();

    assertThat(rustc.name()).isEqualTo("1.95.0");
    assertThat(rustc.sysroot()).isEqualTo(machine.path("/usr"));
    assertThat(rustc.version().host()).isEqualTo("x86_64-unknown-linux-gnu");
    assertThat(find(machine.choice())).isEqualTo(rustc);
    assertThat(machine.questions).hasSize(asked);
  }

  @Test
  void aReplacedCompilerIsAskedAgain() throws Exception {
    machine.toolchain("/usr", FakeMachine.VERSION);
    find(machine.choice());

    machine.toolchain("/usr", FakeMachine.VERSION.replace("1.95.0", "1.96.1"));
    machine.write("/usr/bin/rustc", "another length");

    assertThat(find(machine.choice()).version().release()).isEqualTo("1.96.1");
  }

  @Test
  void aProxyIsNeverRun() throws Exception {
    withRustup();

    var rustc = find(machine.choice());

    assertThat(rustc.name()).isEqualTo("stable-x86_64-unknown-linux-gnu");
    assertThat(rustc.program()).isEqualTo(machine.path(STABLE + "/bin/rustc"));
    assertThat(machine.questions)
        .allSatisfy(question -> assertThat(question.argv().getFirst()).startsWith(STABLE));
  }

  @Test
  void theVariableBeatsTheConfigurationAndBothBeatThePath() throws Exception {
    withRustup();
    machine.toolchain("/opt/a", FakeMachine.VERSION);
    machine.toolchain("/opt/b", FakeMachine.VERSION);

    assertThat(find(machine.told("/opt/b/bin/rustc", null, "RUSTC", "/opt/a/bin/rustc")).sysroot())
        .isEqualTo(machine.path("/opt/a"));
    assertThat(find(machine.told("/opt/b/bin/rustc", null)).sysroot())
        .isEqualTo(machine.path("/opt/b"));
    assertThat(find(machine.told("/opt/b/bin/rustc", "1.90.0")).sysroot())
        .isEqualTo(machine.path(OLD));
  }

  @Test
  void anEmptyVariableCountsAsUnset() throws Exception {
    machine.toolchain("/usr", FakeMachine.VERSION);

    assertThat(find(machine.choice("RUSTC", "")).sysroot()).isEqualTo(machine.path("/usr"));
  }

  @Test
  void aRelativeVariableStartsAtTheDirectory() throws Exception {
    machine.toolchain("/home/ann/app/rust", FakeMachine.VERSION);

    assertThat(find(machine.choice("RUSTC", "rust/bin/rustc")).sysroot())
        .isEqualTo(machine.path("/home/ann/app/rust"));
  }

  @Test
  void aMissingProgramIsNamed() {
    assertThatThrownBy(() -> find(machine.choice("RUSTC", "/no/rustc")))
        .hasMessageContaining("/no/rustc");
    assertThatThrownBy(() -> find(machine.choice("RUSTC", "my-rustc")))
        .hasMessageContaining("my-rustc");
  }

  @Test
  void aPinIsMetByADistributionsCompilerOfThatRelease() throws Exception {
    machine.toolchain("/usr", FakeMachine.VERSION);
    machine.write("/home/ann/app/rust-toolchain.toml", "[toolchain]\nchannel = \"1.95\"\n");

    assertThat(find(machine.choice()).sysroot()).isEqualTo(machine.path("/usr"));

    machine.write("/home/ann/app/rust-toolchain.toml", "[toolchain]\nchannel = \"1.90.0\"\n");
    assertThatThrownBy(() -> find(machine.choice())).hasMessageContaining("`1.90.0`");
  }

  @Test
  void aBrokenCompilerShowsWhatItSaid() throws Exception {
    machine.toolchain("/usr", FakeMachine.VERSION);
    machine.answer("/usr/bin/rustc -vV", 101, "", "cannot load libLLVM\n");

    assertThatThrownBy(() -> find(machine.choice()))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("/usr/bin/rustc -vV` (exit status: 101)")
        .hasMessageContaining("cannot load libLLVM");
  }

  private void withRustup() throws IOException {
    machine.write("/home/ann/.cargo/bin/rustup", "rustup");
    machine.link("/home/ann/.cargo/bin/rustc", "/home/ann/.cargo/bin/rustup");
    machine.write("/home/ann/.rustup/settings.toml", "default_toolchain = \"stable\"\n");
    machine.toolchain(STABLE, FakeMachine.VERSION);
    machine.toolchain(OLD, FakeMachine.VERSION.replace("1.95.0", "1.90.0"));
  }

  private InstalledRustc find(RustcChoice choice) throws KilnException, InterruptedException {
    return new RustcFinder(machine.memo(), machine).find(choice);
  }
}
