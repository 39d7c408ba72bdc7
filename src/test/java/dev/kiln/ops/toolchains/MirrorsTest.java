package dev.kiln.ops.toolchains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorsTest {
  @TempDir Path root;

  @Test
  void aptsSourcesInBothFormsAreRead() throws Exception {
    write(
        "etc/apt/sources.list",
        """
        # deb http://no.example/debian x main
        deb [arch=amd64] http://one.example/debian/ bookworm main
        """);
    write(
        "etc/apt/sources.list.d/two.sources",
        """
        Types: deb
        URIs: http://two.example/debian-security
        Suites: bookworm-security
        """);

    assertThat(mirrors(Map.of()).require("debian")).isEqualTo("http://one.example/debian");
    assertThat(mirrors(Map.of()).require("debian-security"))
        .isEqualTo("http://two.example/debian-security");
  }

  @Test
  void theUsersConfigurationCountsBeforeAll() throws Exception {
    write("etc/apt/sources.list", "deb http://one.example/debian bookworm main\n");
    write("config/config.toml", "[mirrors]\ndebian = \"file:///srv/debian/\"\n");

    var mirrors = mirrors(Map.of("KILN_DEBIAN_MIRROR", "http://three.example/debian"));

    assertThat(mirrors.require("debian")).isEqualTo("file:///srv/debian");
    assertThat(mirrors.require("debian-security"))
        .isEqualTo("http://three.example/debian-security");
  }

  @Test
  void aMachineWithoutAMirrorSaysWhatToWriteWhere() throws Exception {
    write("etc/apt/sources.list", "deb http://one.example/ubuntu noble main\n");

    assertThatThrownBy(() -> mirrors(Map.of()).require("debian"))
        .isInstanceOfSatisfying(
            KilnException.class,
            e ->
                assertThat(e.hint()).contains("config/config.toml").contains("KILN_DEBIAN_MIRROR"));
  }

  private Mirrors mirrors(Map<String, String> environment) {
    return new Mirrors(root, root.resolve("config"), environment);
  }

  private void write(String name, String text) throws IOException {
    var file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
