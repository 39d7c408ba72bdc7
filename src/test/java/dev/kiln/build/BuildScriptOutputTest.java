package dev.kiln.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.build.BuildScriptOutput.LinkArg;
import dev.kiln.build.BuildScriptOutput.Variable;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.Target;
import dev.kiln.manifest.TargetKind;
import dev.kiln.plan.Units;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuildScriptOutputTest {
  private static final Target BIN = target(TargetKind.BIN, "tool", "bin");

  private static Target target(TargetKind kind, String name, String crateType) {
    return new Target(
        kind,
        name,
        List.of(crateType),
        "src/main.rs",
        "2021",
        new Target.Flags(true, false, true, false, true),
        null);
  }

  private static Package pkg(@Nullable String rustVersion) {
    return Units.in(Path.of("/ws")).pkg("p", rustVersion, BIN);
  }

  private static BuildScriptOutput parse(String... lines) throws KilnException {
    var bytes = new ArrayList<byte[]>();
    for (var line : lines) {
      bytes.add(line.getBytes(StandardCharsets.UTF_8));
    }
    return BuildScriptOutput.parse(bytes, pkg(null), false);
  }

  @Test
  void readsBothSpellings() throws KilnException {
    var output =
        parse(
            "noise",
            "cargo:rustc-link-lib=static=a",
            "cargo::rustc-link-lib=b  ",
            "cargo:rustc-link-search=native=/x",
            "cargo::rustc-cfg=unixy",
            "cargo::rustc-check-cfg=cfg(unixy)",
            "cargo:rustc-env=A=b=c",
            "cargo:rerun-if-changed=build.rs",
            "cargo::warning=careful");
    assertThat(output.links()).containsExactly("static=a", "b");
    assertThat(output.searchPaths()).containsExactly("native=/x");
    assertThat(output.cfgs()).containsExactly("unixy");
    assertThat(output.checkCfgs()).containsExactly("cfg(unixy)");
    assertThat(output.environment()).containsExactly(new Variable("A", "b=c"));
    assertThat(output.rerunIfChanged()).containsExactly("build.rs");
    assertThat(output.warnings()).containsExactly("careful");
  }

  @Test
  void takesUnknownOldKeysAsMetadata() throws KilnException {
    var output =
        parse("cargo:root=/r", "cargo:error=no", "cargo:metadata=a=b", "cargo::metadata=k=v");
    assertThat(output.metadata())
        .containsExactly(
            new Variable("root", "/r"),
            new Variable("error", "no"),
            new Variable("metadata", "a=b"),
            new Variable("k", "v"));
    assertThat(output.errors()).isEmpty();
  }

  @Test
  void keepsErrorsOfTheNewSpelling() throws KilnException {
    assertThat(parse("cargo::error=broken").errors()).containsExactly("broken");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cargo::nonsense=1",
        "cargo::warning",
        "cargo::metadata=novalue",
        "cargo:rustc-env=NAME",
        "cargo:rustc-flags=-Wall",
        "cargo:rustc-flags=-l",
        "cargo:rustc-link-arg-bin=absent=-x",
        "cargo:rustc-link-arg-bin=tool",
        "cargo:rustc-link-arg-tests=-x",
        "cargo:rustc-env=RUSTC_BOOTSTRAP=1"
      })
  void refusesWhatCargoRefuses(String line) {
    assertThatThrownBy(() -> parse(line)).isInstanceOf(KilnException.class);
  }

  @Test
  void refusesTheNewSpellingForOldCompilers() {
    var line = List.of("cargo::rustc-cfg=a".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> BuildScriptOutput.parse(line, pkg("1.76"), false))
        .hasMessageContaining("1.77.0");
  }

  @Test
  void splitsFlags() throws KilnException {
    var output = parse("cargo:rustc-flags=-l a -L/x  -lb -L native=/y");
    assertThat(output.links()).containsExactly("a", "b");
    assertThat(output.searchPaths()).containsExactly("/x", "native=/y");
  }

  @Test
  void saysWhichTargetsGetALinkArgument() throws KilnException {
    var output =
        parse(
            "cargo:rustc-link-arg=-a",
            "cargo:rustc-link-arg-bins=-b",
            "cargo:rustc-link-arg-bin=tool=-c");
    var test = target(TargetKind.TEST, "t", "bin");
    assertThat(output.linkArgs().stream().filter(a -> a.appliesTo(BIN, false)).map(LinkArg::arg))
        .containsExactly("-a", "-b", "-c");
    assertThat(output.linkArgs().stream().filter(a -> a.appliesTo(test, true)).map(LinkArg::arg))
        .containsExactly("-a");
  }

  @Test
  void skipsLinesThatAreNoText() throws KilnException {
    var bad = new byte[] {'c', 'a', 'r', 'g', 'o', ':', 'a', '=', (byte) 0xff};
    assertThat(BuildScriptOutput.parse(List.of(bad), pkg(null), false))
        .isEqualTo(BuildScriptOutput.NOTHING);
  }
}
