package dev.kiln.toolchain.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import org.junit.jupiter.api.Test;

class ReleaseTest {
  @Test
  void onlyTheSha256ListCounts() throws Exception {
    var release =
        Release.parse(
            """
            Origin: Debian
            Codename: bookworm
            MD5Sum:
             00000000000000000000000000000000 10 main/binary-amd64/Packages.xz
            SHA256:
             %s 20 main/binary-amd64/Packages.xz
             %s 30 main/binary-arm64/Packages.xz
            """
                .formatted("ab".repeat(32), "cd".repeat(32)));

    assertThat(release.codename()).isEqualTo("bookworm");
    assertThat(release.find("main/binary-amd64/Packages.xz"))
        .hasValueSatisfying(entry -> {
          assertThat(entry.sha256().hex()).isEqualTo("ab".repeat(32));
          assertThat(entry.size()).isEqualTo(20);
        });
    assertThat(release.find("main/binary-i386/Packages.xz")).isEmpty();
  }

  @Test
  void anEmptyListIsRefused() {
    assertThatThrownBy(() -> Release.parse("")).isInstanceOf(KilnException.class);
    assertThatThrownBy(() -> Release.parse("SHA256:\n xyz 1 main/a\n"))
        .isInstanceOf(KilnException.class);
  }
}
