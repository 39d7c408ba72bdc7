package dev.kiln.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.manifest.SourceId;
import org.junit.jupiter.api.Test;

class SourceNamesTest {
  @Test
  void namesTheIndexOfTheDefaultRegistryAsCargoDoes() {
    // the directory below registry/src of every Cargo since 1.85
    assertThat(SourceNames.registry(SourceId.CRATES_IO)).endsWith("-1949cf8c6b5b557f");
  }

  @Test
  void tellsGitAndSparseIndexesApart() {
    var git = SourceNames.registry(SourceId.registry("https://example.org/index"));
    var sparse = SourceNames.registry(SourceId.registry("sparse+https://example.org/index"));
    assertThat(git).startsWith("example.org-").isNotEqualTo(sparse);
  }
}
