package dev.kiln.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.KilnException;
import dev.kiln.Needs;
import dev.kiln.event.BuildEvent;
import dev.kiln.store.StoreDir;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Fetches the sample workspace's packages from its own registry.
class FetchOperationTest {
  private static final List<String> LINUX =
      List.of(
          "geometry v2.0.3",
          "sparkle v0.3.0",
          "textkit v1.0.4",
          "textkit v2.1.0",
          "unixish v0.1.0");

  @TempDir Path data;

  @Test
  void everyPlatformsPackagesAreFetchedOnce() throws Exception {
    assertThat(fetch()).containsAll(LINUX).contains("winonly v0.1.0").hasSize(6);
    assertThat(fetch()).isEmpty();
  }

  @Test
  @Needs("rustc")
  void aTargetLeavesOutWhatDoesNotCountOnIt() throws Exception {
    assertThat(fetch("x86_64-unknown-linux-gnu")).containsExactlyElementsOf(LINUX);
  }

  private SortedSet<String> fetch(String... targets) throws KilnException, InterruptedException {
    var fetched = new CopyOnWriteArrayList<String>();
    var workspace = Path.of("fixtures/workshop").toAbsolutePath();
    var settings =
        new Settings(
            workspace,
            new TreeMap<>(System.getenv()),
            Clock.systemUTC(),
            new Settings.Places(
                data.resolve("store"),
                StoreDir.DEFAULT,
                data.resolve("cache"),
                data.resolve("config")),
            null,
            List.of(),
            new Settings.Network(null, true),
            null,
            new Settings.Choices(null, null, true, Settings.Unstable.NONE, 0));
    FetchOperation.run(
        settings,
        List.of(targets),
        event -> {
          if (event instanceof BuildEvent.Fetched(var crate, _)) {
            fetched.add(crate);
          }
        });
    return new TreeSet<>(fetched);
  }
}
