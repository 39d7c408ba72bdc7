package dev.kiln.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostSysrootTest {
  private static final String STATUS =
      """
      Package: gcc-12
      Status: install ok installed
      Architecture: amd64
      Version: 12.2.0-14
      Description: compiler
       with words: many

      Package: gone
      Status: deinstall ok config-files
      Architecture: amd64
      Version: 1
      """;

  private final FakeMachine machine = new FakeMachine();

  @BeforeEach
  void fill() throws IOException {
    machine.write("/usr/bin/gcc-12", "driver");
    machine.link("/etc/alternatives/cc", "/usr/bin/gcc-12");
    machine.link("/usr/bin/cc", "/etc/alternatives/cc");
    machine.write("/usr/bin/ld", "linker");
    machine.write("/usr/bin/apt-get", "apt");
    machine.write("/usr/lib/gcc/12/cc1", "compiler proper");
    machine.write("/usr/lib/x/crt1.o", "start");
    machine.write("/var/lib/dpkg/status", STATUS);
    Files.createSymbolicLink(machine.path("/bin"), machine.path("usr/bin"));
    Files.createDirectories(machine.path("/home/ann"));
    machine.answer("/usr/bin/cc -print-prog-name=cc1", 0, "/usr/lib/gcc/12/cc1\n", "");
    machine.answer("/usr/bin/cc -print-prog-name=as", 0, "as\n", "");
    machine.answer("/usr/bin/cc -print-file-name=crt1.o", 0, "/usr/lib/gcc/../x/crt1.o\n", "");
  }

  @AfterEach
  void close() throws IOException {
    machine.close();
  }

  @Test
  void buildersSeeTheSystemAndNothingOfUsers() throws Exception {
    var host = read();

    assertThat(host.directories())
        .extracting(Sysroot.Directory::at)
        .containsExactly("/usr", "/etc/alternatives");
    assertThat(host.links()).containsExactly(new Sysroot.Link("/bin", "usr/bin"));
    assertThat(host.requireCompiler()).isEqualTo(machine.path("/usr/bin/cc"));
  }

  @Test
  void theSecondFingerprintStartsNoProcess() throws Exception {
    var first = read().fingerprint();
    assertThat(machine.questions).isNotEmpty();
    machine.questions.clear();

    assertThat(read().fingerprint()).isEqualTo(first);
    assertThat(machine.questions).isEmpty();
  }

  @Test
  void anyPartOfTheToolchainChangesTheFingerprint() throws Exception {
    var first = read().fingerprint();

    for (var file :
        new String[] {
          "/usr/bin/gcc-12", "/usr/lib/gcc/12/cc1", "/usr/lib/x/crt1.o", "/usr/bin/ld"
        }) {
      var before = Files.readString(machine.path(file));
      machine.write(file, "another " + before);
      assertThat(read().fingerprint()).as(file).isNotEqualTo(first);
      machine.write(file, before);
      assertThat(read().fingerprint()).as(file).isEqualTo(first);
    }
  }

  @Test
  void installedPackagesCountAndWhatElseDpkgNotesDoesNot() throws Exception {
    var first = read().fingerprint();

    machine.write("/var/lib/dpkg/status", STATUS.replace("compiler", "a compiler") + "\n");
    assertThat(read().fingerprint()).isEqualTo(first);
    machine.write("/var/lib/dpkg/status", STATUS.replace("12.2.0-14", "12.2.0-15"));
    assertThat(read().fingerprint()).isNotEqualTo(first);
  }

  @Test
  void aMissingCompilerNamesTheCommandThatBringsIt() throws Exception {
    Files.delete(machine.path("/usr/bin/cc"));
    var host = read();

    assertThatThrownBy(host::requireCompiler)
        .hasMessageContaining("`cc` not found")
        .extracting(e -> ((KilnException) e).hint())
        .isEqualTo("run `apt-get install gcc libc6-dev`");
  }

  private Sysroot read() throws KilnException, InterruptedException {
    return new HostSysroots(machine.path("/"), machine.memo(), machine).read();
  }
}
