package dev.kiln.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.Needs;
import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LadderTest {
  @TempDir Path dir;

  private Ladder ladder(Tools tools) throws Exception {
    return new Ladder(Store.open(dir.resolve("kiln"), StoreDir.DEFAULT), tools);
  }

  @Test
  @Needs("bwrap")
  void bubblewrapIsTheFirstChoice() throws Exception {
    assertThat(ladder(Workbench.TOOLS).climb(dir.resolve("cache/rung")))
        .isEqualTo(new Rung(Rung.Means.BUBBLEWRAP, true));
  }

  @Test
  @Needs({"unshare", "setpriv"})
  void withoutBubblewrapItIsUnshare() throws Exception {
    var tools = new java.util.TreeMap<>(Workbench.TOOLS.found());
    tools.remove("bwrap");
    assertThat(ladder(new Tools(Workbench.ROOT, tools)).climb(dir.resolve("rung")))
        .isEqualTo(new Rung(Rung.Means.UNSHARE, true));
  }

  @Test
  void withoutAnyToolOneSentenceSaysSo() throws Exception {
    var none = new Tools(Workbench.ROOT, Map.of());
    assertThatThrownBy(() -> ladder(none).climb(dir.resolve("rung")))
        .isInstanceOf(KilnException.class)
        .hasMessageStartingWith("cannot isolate builders on this machine: ");
    assertThat(dir.resolve("rung")).doesNotExist();
  }

  @Test
  @Needs("bwrap")
  void theAnswerIsRememberedUntilSomethingChanges() throws Exception {
    var cache = dir.resolve("rung");
    ladder(Workbench.TOOLS).climb(cache);
    var text = Files.readString(cache);
    assertThat(text).endsWith("rung BUBBLEWRAP\n");

    // a rung that would not be found today is believed as long as boot, kernel, user, tools agree
    Files.writeString(cache, text.replace("rung BUBBLEWRAP", "rung UNSHARE-WEAK"));
    assertThat(ladder(Workbench.TOOLS).climb(cache)).isEqualTo(new Rung(Rung.Means.UNSHARE, false));

    Files.writeString(cache, text.replaceFirst("boot .*", "boot another").replace("WRAP", "x"));
    assertThat(ladder(Workbench.TOOLS).climb(cache).means()).isEqualTo(Rung.Means.BUBBLEWRAP);
    assertThat(cache).hasContent(text.strip());
  }
}
