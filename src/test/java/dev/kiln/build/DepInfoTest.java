package dev.kiln.build;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DepInfoTest {
  @Test
  void readsEveryRuleOnce() {
    var text =
        """
        /build/target/debug/deps/a.d: src/lib.rs src/b.rs

        /build/target/debug/deps/liba.rmeta: src/lib.rs src/b.rs

        src/lib.rs:
        src/b.rs:

        # env-dep:CARGO_PKG_NAME=a
        """;
    assertThat(DepInfo.parse(text)).containsExactly("src/b.rs", "src/lib.rs");
  }

  @Test
  void keepsSpacesInNames() {
    assertThat(DepInfo.parse("out.d: src/a\\ b.rs src\\c.rs\n"))
        .containsExactly("src/a b.rs", "src\\c.rs");
  }
}
