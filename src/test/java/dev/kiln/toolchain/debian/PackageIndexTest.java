package dev.kiln.toolchain.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackageIndexTest {
  private final PackageIndex index = new PackageIndex("amd64");

  @Test
  void dependenciesAreFollowedAndRecommendationsAreNot() throws Exception {
    add("tool", "1", "Depends: libc6 (>= 2.3), libz:any\nPre-Depends: base\nRecommends: docs");
    add("libc6", "2", "");
    add("libz", "3", "Depends: libc6");
    add("base", "4", "");
    add("docs", "5", "");

    assertThat(closure("tool")).containsExactly("base", "libc6", "libz", "tool");
    assertThat(index.closure(List.of("tool")))
        .filteredOn(pkg -> pkg.name().equals("tool"))
        .singleElement()
        .satisfies(pkg -> assertThat(pkg.needs()).containsExactly("base", "libc6", "libz"));
  }

  @Test
  void ofAlternativesTheFirstThatExistsIsTaken() throws Exception {
    add("tool", "1", "Depends: nowhere | mawk | gawk");
    add("gawk", "1", "");
    add("mawk", "1", "");

    assertThat(closure("tool")).containsExactly("mawk", "tool");
  }

  @Test
  void virtualNamesAreResolvedByWhoProvidesThem() throws Exception {
    add("tool", "1", "Depends: libc-dev, c-compiler");
    add("libc6-dev", "1", "Provides: libc-dev (= 1)");
    add("gcc", "1", "Provides: c-compiler, other");

    assertThat(closure("tool")).containsExactly("gcc", "libc6-dev", "tool");
  }

  @Test
  void theNewestVersionOfAllSuitesCounts() throws Exception {
    add("debian", "tool", "1.9", "");
    add("debian-security", "tool", "1.10", "");
    add("debian", "tool", "1.2", "");

    assertThat(index.closure(List.of("tool")))
        .singleElement()
        .satisfies(pkg -> {
          assertThat(pkg.version()).isEqualTo("1.10");
          assertThat(pkg.archive()).isEqualTo("debian-security");
          assertThat(pkg.architecture()).isEqualTo("amd64");
          assertThat(pkg.size()).isEqualTo(10);
          assertThat(pkg.unpacked()).isEqualTo(7 * 1024);
        });
  }

  @Test
  void circlesEnd() throws Exception {
    add("libc6", "1", "Depends: libgcc");
    add("libgcc", "1", "Depends: libc6");

    assertThat(closure("libc6")).containsExactly("libc6", "libgcc");
  }

  @Test
  void whatDoesNotExistIsNamed() throws Exception {
    add("tool", "1", "Depends: nowhere (>= 1) | neither");

    assertThatThrownBy(() -> closure("tool"))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("`tool`")
        .hasMessageContaining("`nowhere (>= 1) | neither`");
    assertThatThrownBy(() -> closure("nothing"))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("`nothing` for amd64");
    assertThatThrownBy(() -> index.alone(List.of("nothing"))).isInstanceOf(KilnException.class);
  }

  @Test
  void packagesAloneNeedNothing() throws Exception {
    add("musl-dev", "1", "Depends: nowhere");

    assertThat(index.alone(List.of("musl-dev")))
        .singleElement()
        .satisfies(pkg -> assertThat(pkg.needs()).isEmpty());
  }

  private List<String> closure(String root) throws KilnException {
    return index.closure(List.of(root)).stream().map(LockedPackage::name).toList();
  }

  private void add(String name, String version, String more) throws IOException {
    add("debian", name, version, more);
  }

  private void add(String archive, String name, String version, String more) throws IOException {
    var stanza =
        """
        Package: %s
        Version: %s
        Installed-Size: 7
        Filename: pool/%s.deb
        Size: 10
        SHA256: %s
        %s
        """
            .formatted(name, version, name, "ab".repeat(32), more);
    index.add(archive, new BufferedReader(new StringReader(stanza)));
  }
}
