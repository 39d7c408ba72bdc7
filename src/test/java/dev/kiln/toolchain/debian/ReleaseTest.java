package dev.kiln.toolchain.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import java.time.Instant;
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
  void aListMayExpire() throws Exception {
    var text = "Codename: a\n%sSHA256:\n";
    var until = "Valid-Until: Tue, 01 Dec 2026 00:34:33 UTC\n";
    var last = Instant.parse("2026-12-01T00:34:33Z");

    assertThat(Release.parse(text.formatted(until)).isOutdated(last)).isFalse();
    assertThat(Release.parse(text.formatted(until)).isOutdated(last.plusSeconds(1))).isTrue();
    assertThat(Release.parse(text.formatted("")).isOutdated(Instant.MAX)).isFalse();
    assertThatThrownBy(() -> Release.parse(text.formatted("Valid-Until: soon\n")))
        .isInstanceOf(KilnException.class);
  }

  @Test
  void anEmptyListIsRefused() {
    assertThatThrownBy(() -> Release.parse("")).isInstanceOf(KilnException.class);
    assertThatThrownBy(() -> Release.parse("SHA256:\n xyz 1 main/a\n"))
        .isInstanceOf(KilnException.class);
  }
}
