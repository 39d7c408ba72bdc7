package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What kiln.toml says of other people's crates, in the sample workspace.
@Needs({"rustc", "cc", "bwrap"})
class OverridesIT {
  private static final String PATCH =
      """
      Stars in the place of brackets.

      --- a/src/lib.rs
      +++ b/src/lib.rs
      @@ -4,3 +4,3 @@
       pub fn frame(text: &str) -> String {
           let space = if cfg!(feature = "wide") { "  " } else { " " };
      -    format!("[{space}{text}{space}]")
      +    format!("*{space}{text}{space}*")
      """;

  @TempDir Path temp;
  private KilnProgram kiln;
  private Path workshop;

  @BeforeEach
  void aCopyOfTheWorkshop() throws Exception {
    kiln = new KilnProgram(temp.resolve("places"));
    workshop = KilnProgram.copyFixture("workshop", temp.resolve("workshop"));
  }

  @Test
  void aCratesSourceFeaturesAndBuildScriptAreChanged() throws Exception {
    Files.writeString(workshop.resolve("stars.diff"), PATCH);
    says(
        """
        [[override.textkit]]
        version = "2"
        patches = ["stars.diff"]
        [[override.textkit]]
        version = "1"
        features = ["upper"]
        [[override.textkit]]
        target = "cfg(windows)"
        features = ["none such"]
        [override.sparkle.build-script]
        rustc-env = { SPARKLE_METAL = "kiln" }
        """);

    var counted = kiln.run(workshop, "run", "--locked", "--offline", "-q", "--bin", "inventory");
    assertThat(counted.code()).as(counted.err()).isZero();
    assertThat(counted.out()).startsWith("* ").endsWith(" *\n");
    var fired = kiln.run(workshop, "run", "--locked", "--offline", "-q");
    assertThat(fired.out()).contains("✨ kiln\n").doesNotContain("✨ gold");
    assertThat(kiln.run(workshop, "tree", "--locked", "--offline", "-f", "{p} {f}").out())
        .contains("textkit v1.0.4 (registry `workshop`) upper");
  }

  @Test
  void whatDoesNotFitIsNamed() throws Exception {
    Files.writeString(workshop.resolve("stars.diff"), PATCH.replace("cfg!", "cfg?"));
    assertThat(failure("[override.textkit]\nversion = \"2\"\npatches = [\"stars.diff\"]\n"))
        .contains("stars.diff does not fit textkit v2.1.0")
        .contains("what it changes at line 4 of src/lib.rs is not there");
    assertThat(failure("[override.textkit]\nfeatures = [\"wyde\"]\n"))
        .contains("asks for the feature `wyde`, which textkit v")
        .doesNotContain("\tat ");
    assertThat(failure("[override.pots]\npatches = [\"stars.diff\"]\n"))
        .contains("kiln.toml has patches for `pots`, which is a path package");
    assertThat(failure("[override.textkid]\n")).contains("did you mean `textkit`?");
    assertThat(failure("[override.textkit.build-script]\nrustc-link-libs = [\"z\"]\n"))
        .contains("unknown key `rustc-link-libs`")
        .contains("did you mean `rustc-link-lib`?");
  }

  private String failure(String text) throws Exception {
    says(text);
    var built = kiln.run(workshop, "build", "--locked", "--offline");
    assertThat(built.code()).isEqualTo(101);
    return built.err();
  }

  private void says(String text) throws Exception {
    Files.writeString(workshop.resolve("kiln.toml"), text);
  }
}
