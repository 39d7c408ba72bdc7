package dev.kiln.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparseRegistryTest {
  private static final Digest SUM = Digest.sha256(new byte[0]);

  @ParameterizedTest
  @CsvSource({
    "https://x/dl, https://x/dl/MyCrate/1.2.3/download",
    "https://x/{crate}-{version}.crate, https://x/MyCrate-1.2.3.crate",
    "https://x/{prefix}/{crate}, https://x/My/Cr/MyCrate",
    "https://x/{lowerprefix}/{crate}, https://x/my/cr/MyCrate",
  })
  void templatesAreFilledIn(String template, String expected) throws KilnException {
    var id = new PackageId("MyCrate", Version.parse("1.2.3"), SourceId.CRATES_IO);

    assertThat(SparseRegistry.expand(template, id, SUM)).isEqualTo(expected);
  }

  @Test
  void aTemplateMayNameTheChecksum() throws KilnException {
    var id = new PackageId("a", Version.parse("1.0.0"), SourceId.CRATES_IO);

    assertThat(SparseRegistry.expand("https://x/{sha256-checksum}", id, SUM))
        .isEqualTo("https://x/" + SUM.hex());
  }

  @ParameterizedTest
  @CsvSource({"a, 1/a", "ab, 2/ab", "Abc, 3/a/abc", "serde, se/rd/serde", "A-b_C, a-/b_/a-b_c"})
  void namesHavePlacesInTheIndex(String name, String place) {
    assertThat(IndexPath.of(name)).isEqualTo(place);
  }

  @Test
  void anIndexKeepsWhatItUnderstands() {
    var line =
        "{\"name\":\"a\",\"vers\":\"%s\",\"deps\":[],\"cksum\":\""
            + SUM.hex()
            + "\",\"yanked\":%s}\n";
    var text =
        line.formatted("1.0.0", "false")
            + "{\"name\":\"a\",\"vers\":\"not a version\",\"cksum\":\"\"}\nnonsense\n\n"
            + line.formatted("1.1.0", "true");

    assertThat(IndexPath.parse(text))
        .extracting(entry -> entry.version() + " " + entry.yanked())
        .containsExactly("1.0.0 false", "1.1.0 true");
  }
}
