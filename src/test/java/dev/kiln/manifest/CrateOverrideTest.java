package dev.kiln.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrateOverrideTest {
  private static final String LINUX = "x86_64-unknown-linux-gnu";

  @TempDir Path directory;

  @Test
  void aCrateMayHaveOneTableOrSeveral() throws Exception {
    var file =
        read(
            """
            [override.openssl-sys]
            env = { OPENSSL_STATIC = "1" }
            native = ["libssl-dev"]
            [[override.ring]]
            version = "0.16"
            link-args = ["-Wl,-z,now"]
            [[override.ring]]
            target = "cfg(unix)"
            """);

    assertThat(file.overrides())
        .extracting(CrateOverride::crate)
        .containsExactly("openssl-sys", "ring", "ring");
    assertThat(file.overrides().get(0).environment()).containsEntry("OPENSSL_STATIC", "1");
    assertThat(file.overrides().get(0).natives()).containsExactly("libssl-dev");
    assertThat(file.overrides().get(1).linkArguments()).containsExactly("-Wl,-z,now");
  }

  @Test
  void versionAndPlatformDecideWhetherItCounts() throws Exception {
    var versioned = only("[override.a]\nversion = \"1.2\"\n");
    assertThat(versioned.fits(id("a", "1.5.0"), LINUX, Set.of())).isTrue();
    assertThat(versioned.fits(id("a", "2.0.0"), LINUX, Set.of())).isFalse();
    assertThat(versioned.fits(id("b", "1.5.0"), LINUX, Set.of())).isFalse();

    var named = only("[override.a]\ntarget = \"" + LINUX + "\"\n");
    assertThat(named.fits(id("a", "1.0.0"), LINUX, Set.of())).isTrue();
    assertThat(named.fits(id("a", "1.0.0"), "wasm32-wasip1", Set.of())).isFalse();

    var cfg = only("[override.a]\ntarget = \"cfg(unix)\"\n");
    var unix = Set.of(CfgExpr.Cfg.parse("unix"));
    assertThat(cfg.fits(id("a", "1.0.0"), LINUX, unix)).isTrue();
    assertThat(cfg.fits(id("a", "1.0.0"), LINUX, Set.of())).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"natve,native", "link-arg,link-args", "targt,target"})
  void anUnknownKeyNamesTheNearest(String key, String near) {
    assertThatThrownBy(() -> read("[override.a]\n" + key + " = \"x\"\n"))
        .isInstanceOfSatisfying(
            KilnException.class,
            e -> {
              assertThat(e).hasMessageContaining("unknown key `" + key + "`");
              assertThat(e.hint()).isEqualTo("did you mean `" + near + "`?");
            });
  }

  private CrateOverride only(String text) throws Exception {
    return List.copyOf(read(text).overrides()).getFirst();
  }

  private KilnToml read(String text) throws Exception {
    Files.writeString(directory.resolve("kiln.toml"), text);
    return KilnToml.read(directory);
  }

  private static PackageId id(String name, String version) throws KilnException {
    return new PackageId(name, Version.parse(version), SourceId.CRATES_IO);
  }
}
