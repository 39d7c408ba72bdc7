package dev.kiln.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.plan.Units;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LinkedScriptsTest {
  @Test
  void carriesScriptsUpTheLinkableChainOnly() {
    var units = Units.in(Path.of("/ws"));
    int zRun = units.run("z-sys", units.script("z-sys"));
    int z = units.lib("z-sys", zRun);
    int aRun = units.run("a-sys", units.script("a-sys"));
    int a = units.lib("a-sys", aRun);
    int macro = units.procMacro("m", a);
    int own = units.run("app", units.script("app"));
    int app = units.bin("app", z, macro, own);
    var scripts = new LinkedScripts(units.graph(app));

    assertThat(scripts.of(app).toLink()).containsExactly(own, zRun);
    assertThat(scripts.of(app).plugins()).containsExactly(aRun);
    assertThat(scripts.of(macro).toLink()).containsExactly(aRun);
  }

  @Test
  void ordersDependenciesByPackage() {
    var units = Units.in(Path.of("/ws"));
    int zRun = units.run("z-sys", units.script("z-sys"));
    int z = units.lib("z-sys", zRun);
    int aRun = units.run("a-sys", units.script("a-sys"));
    int a = units.lib("a-sys", aRun);
    int app = units.bin("app", z, a);
    assertThat(new LinkedScripts(units.graph(app)).of(app).toLink()).containsExactly(aRun, zRun);
  }
}
