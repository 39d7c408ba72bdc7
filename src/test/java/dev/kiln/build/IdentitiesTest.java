package dev.kiln.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.plan.Units;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentitiesTest {
  private static Identities of(Units units, Path root, int last, String rustc) {
    return Identities.of(units.graph(last), Layout.of(root, List.of()), rustc);
  }

  private static Units twoUnits(Path root) {
    var units = Units.in(root);
    units.bin("app", units.lib("a"));
    return units;
  }

  @Test
  void areTheSameInAnotherFolder() {
    var here = of(twoUnits(Path.of("/one")), Path.of("/one"), 1, "rustc 1");
    var there = of(twoUnits(Path.of("/two/deep")), Path.of("/two/deep"), 1, "rustc 1");
    assertThat(here.metadata(1)).isEqualTo(there.metadata(1)).hasSize(16);
    assertThat(here.extra(1)).isEqualTo(there.extra(1)).isNotEqualTo(here.metadata(1));
  }

  @Test
  void changeWithTheCompilerAndWithDependencies() {
    var root = Path.of("/ws");
    var known = of(twoUnits(root), root, 1, "rustc 1");
    assertThat(of(twoUnits(root), root, 1, "rustc 2").metadata(1)).isNotEqualTo(known.metadata(1));

    var other = Units.in(root);
    other.bin("app", other.procMacro("a"));
    assertThat(of(other, root, 1, "rustc 1").metadata(1)).isNotEqualTo(known.metadata(1));
  }
}
