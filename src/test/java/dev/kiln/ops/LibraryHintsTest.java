package dev.kiln.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.toolchain.debian.DebianFile;
import dev.kiln.toolchain.debian.DebianToolchain;
import dev.kiln.toolchain.debian.PackageLock;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibraryHintsTest {
  private static final String GNU = "x86_64-unknown-linux-gnu";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "The system library `openssl` required by crate `openssl-sys` was not found. | openssl",
        "Package openssl was not found in the pkg-config search path. | openssl",
        "Package 'gtk+-3.0', required by 'virtual:world', not found | gtk+-3.0",
        "Could not find openssl via pkg-config: | openssl",
        "/usr/bin/ld: cannot find -lbz2: No such file or directory | bz2",
        "rust-lld: error: unable to find library -lz | z",
        "x.c:1:10: fatal error: sys/sdt.h: No such file or directory | sys/sdt.h",
        "x.c:1:10: fatal error: 'zlib.h' file not found | zlib.h",
      })
  void whatIsMissingIsFoundInWhatToolsSay(String text, String library) {
    assertThat(LibraryHints.missing("a\n" + text + "\nb")).contains(library);
  }

  @Test
  void otherFailuresAreLeftAlone() {
    assertThat(LibraryHints.missing("error[E0432]: unresolved import `openssl`")).isEmpty();
    assertThat(LibraryHints.missing("fatal error: too many errors emitted")).isEmpty();
  }

  @Test
  void theHintNamesThePlaceThatCountsForTheSysroot() throws Exception {
    var debian = debian();
    assertThat(LibraryHints.hint("openssl-sys", "openssl", GNU, debian))
        .contains("`openssl-sys = [\"libssl-dev\"]` below `[native]`");
    assertThat(LibraryHints.hint("my-sys", "zlib.h", "aarch64-unknown-linux-gnu", debian))
        .contains("`my-sys = [\"zlib1g-dev\"]`");
    assertThat(LibraryHints.hint("my-sys", "libgit2", GNU, debian)).contains("\"libgit2-dev\"");
    assertThat(LibraryHints.hint("my-sys", "gtk+-3.0", GNU, debian)).contains("\"libgtk+-dev\"");
    assertThat(LibraryHints.hint("openssl-sys", "openssl", "x86_64-unknown-linux-musl", debian))
        .startsWith("debian-12 has no libraries for x86_64-unknown-linux-musl")
        .contains("[override.openssl-sys]");
    assertThat(LibraryHints.hint("openssl-sys", "openssl", GNU, null))
        .startsWith("`openssl` is missing for " + GNU)
        .contains("--toolchain debian-12");
  }

  private static DebianToolchain debian() throws Exception {
    var directory = Path.of("toolchains");
    var file = directory.resolve("debian-12.toml");
    var lock = directory.resolve("debian-12.lock");
    return DebianToolchain.of(
        "debian-12",
        "x86_64",
        DebianFile.parse(file, Files.readString(file)),
        PackageLock.parse(lock.toString(), Files.readString(lock)));
  }
}
