package dev.kiln.realise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.plan.Units;
import dev.kiln.realise.Levels.Need;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LevelsTest {
  @Test
  void librariesWaitForMetadataAndProgramsForEverything() {
    var units = Units.in(Path.of("/ws"));
    int a = units.lib("a");
    int b = units.lib("b", a);
    int app = units.bin("app", b);
    var levels = Levels.of(units.graph(app));

    assertThat(levels.needs(b)).containsExactly(new Need(a, true));
    assertThat(levels.needs(app)).containsExactlyInAnyOrder(new Need(b, false), new Need(a, false));
  }

  @Test
  void nothingWaitsForWhatIsBelowAMacro() {
    var units = Units.in(Path.of("/ws"));
    int a = units.lib("a");
    int macro = units.procMacro("m", a);
    int app = units.bin("app", macro);
    assertThat(Levels.of(units.graph(app)).needs(app)).containsExactly(new Need(macro, false));
  }

  @Test
  void theLongestWayComesFirst() {
    var units = Units.in(Path.of("/ws"));
    int deep = units.lib("deep");
    int middle = units.lib("middle", deep);
    int flat = units.lib("flat");
    int app = units.bin("app", middle, flat);
    var levels = Levels.of(units.graph(app));
    assertThat(levels.priority(deep)).isGreaterThan(levels.priority(flat));
  }
}
