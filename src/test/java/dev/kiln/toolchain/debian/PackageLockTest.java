package dev.kiln.toolchain.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PackageLockTest {
  private static final LockedPackage LIBC = pkg("libc6", "amd64", List.of());
  private static final LockedPackage GCC = pkg("gcc", "amd64", List.of("libc6"));
  private static final LockedPackage RUSTC = pkg("rustc", "amd64", List.of("gcc", "libc6"));
  private static final LockedPackage FOREIGN = pkg("libc6", "arm64", List.of());

  private final PackageLock lock = new PackageLock(List.of(RUSTC, FOREIGN, GCC, LIBC));

  @Test
  void aLockIsReadAsItWasWritten() throws Exception {
    var read = PackageLock.parse("x.lock", lock.text());

    assertThat(read.packages()).containsExactlyElementsOf(lock.packages());
    assertThat(read.text()).isEqualTo(lock.text());
  }

  @Test
  void theTextDoesNotDependOnTheOrder() {
    assertThat(new PackageLock(List.of(LIBC, GCC, FOREIGN, RUSTC)).text()).isEqualTo(lock.text());
  }

  @Test
  void closuresStayInOneArchitectureAndLeaveOut() throws Exception {
    assertThat(lock.closure(List.of("rustc"), "amd64", Set.of()).values())
        .containsExactly(GCC, LIBC, RUSTC);
    assertThat(lock.closure(List.of("rustc"), "amd64", Set.of("gcc")).values())
        .containsExactly(LIBC, RUSTC);
  }

  @Test
  void whatIsNotLockedIsNamed() {
    assertThatThrownBy(() -> lock.closure(List.of("gcc"), "arm64", Set.of()))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("`gcc` for arm64");
  }

  @Test
  void aPackageWithoutHashIsRefused() {
    var text = lock.text().replaceFirst("SHA256: [0-9a-f]+", "SHA256: none");

    assertThatThrownBy(() -> PackageLock.parse("x.lock", text))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("x.lock: the package `gcc`");
  }

  private static LockedPackage pkg(String name, String architecture, List<String> needs) {
    return new LockedPackage(
        name,
        architecture,
        "1:2.0-3",
        "debian",
        "pool/main/" + name + ".deb",
        12,
        34,
        new Digest(HashAlgorithm.SHA256, new byte[32]),
        needs);
  }
}
