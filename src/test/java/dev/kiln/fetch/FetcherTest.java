package dev.kiln.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.event.BuildEvent;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetcherTest {
  private static final Digest WRONG = Digest.sha256(new byte[] {1, 2, 3});

  @TempDir Path directory;

  private TestRegistry registry;
  private FetchBench bench;

  @BeforeEach
  void start() throws Exception {
    registry = new TestRegistry();
    bench = new FetchBench(directory);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void aCrateIsOneObject() throws Exception {
    var wanted = registry.publish("abc", "1.0.0+build");

    var object = bench.object(wanted);

    assertThat(object.name()).isEqualTo("abc-1.0.0+build");
    assertThat(bench.read(object, "src/lib.rs")).isEqualTo("// abc");
    assertThat(bench.store.isValid(object)).isTrue();
    assertThat(bench.store.requireInfo(object).references()).isEmpty();
    assertThat(bench.events)
        .hasSize(3)
        .contains(new BuildEvent.FetchStarted(1))
        .anyMatch(event ->
            event instanceof BuildEvent.Fetched(var crate, var bytes)
                && crate.equals("abc v1.0.0+build")
                && bytes > 0);
  }

  @Test
  void theSecondRunAsksNobodyAndReadsNoArchive() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");
    var first = bench.fetch(wanted);
    for (var file : bench.downloaded()) {
      Files.delete(bench.downloads().resolve(file));
    }
    registry.requests.clear();
    bench.events.clear();

    assertThat(bench.fetch(wanted)).isEqualTo(first);
    assertThat(bench.fetchOffline(wanted)).isEqualTo(first);
    assertThat(registry.requests).isEmpty();
    assertThat(bench.events).isEmpty();
  }

  @Test
  void manyCratesComeTogether() throws Exception {
    var wanted = new ArrayList<Wanted>();
    for (int i = 0; i < 60; i++) {
      wanted.add(registry.publish("crate-" + i, "0.1." + i));
    }

    var found = bench.fetch(wanted.toArray(Wanted[]::new));

    assertThat(found).hasSize(60);
    for (var each : wanted) {
      assertThat(bench.read(bench.object(each), "src/lib.rs")).isEqualTo("// " + each.id().name());
    }
    assertThat(registry.requests).filteredOn(path -> path.endsWith("config.json")).hasSize(1);
  }

  @Test
  void pathPackagesAreLeftOut() throws Exception {
    var id = new PackageId("app", Version.parse("0.1.0"), SourceId.path("file:///home/me/app"));

    assertThat(bench.fetch(new Wanted(id, null))).isEmpty();
    assertThat(bench.events).isEmpty();
  }

  @Test
  void aLockWithAnotherChecksumThanTheRegistryIsNamed() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");

    assertThatThrownBy(() -> bench.fetch(new Wanted(wanted.id(), WRONG)))
        .isInstanceOf(KilnException.class)
        .hasMessageStartingWith("checksum for `abc v1.0.0` changed between lock files")
        .hasMessageContaining(WRONG.hex())
        .hasMessageContaining(checksum(wanted));

    assertThat(bench.downloaded()).isEmpty();
    assertThat(bench.fetch(wanted)).containsKey(wanted.id());
  }

  @Test
  void aServerThatSendsSomethingElseIsNamed() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");
    var other = TestRegistry.crate("abc", "1.0.0", Map.of("src/lib.rs", "evil"));
    registry.put("/dl/abc/1.0.0/download", other);

    assertThatThrownBy(() -> bench.fetch(wanted))
        .hasMessage(
            "failed to verify the checksum of `abc v1.0.0`: expected "
                + checksum(wanted)
                + ", got "
                + Digest.sha256(other).hex());
    assertThat(bench.downloaded()).isEmpty();
  }

  @Test
  void onceDamagedOnTheWayIsFetchedAgain() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");
    registry.fail("/dl/abc/1.0.0/download", TestRegistry.instead(new byte[] {1, 2}));

    assertThat(bench.fetch(wanted)).containsKey(wanted.id());
  }

  @Test
  void serverErrorsAndBrokenConnectionsAreTriedAgain() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");
    registry.fail("/index/config.json", TestRegistry.status(503), TestRegistry.status(429));
    registry.fail("/dl/abc/1.0.0/download", TestRegistry.cut(), TestRegistry.status(500));

    assertThat(bench.fetch(wanted)).containsKey(wanted.id());
    assertThat(registry.requests).filteredOn(path -> path.startsWith("/dl")).hasSize(3);
  }

  @Test
  void aServerThatFallsSilentIsLeft() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");
    registry.fail("/dl/abc/1.0.0/download", TestRegistry.stall(5000));

    long began = System.nanoTime();
    assertThat(bench.fetch(wanted)).containsKey(wanted.id());

    assertThat((System.nanoTime() - began) / 1e9).isBetween(0.6, 4.5);
  }

  @Test
  void aServerThatStaysBrokenEndsTheFetch() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");
    var broken = TestRegistry.status(502);
    registry.fail("/dl/abc/1.0.0/download", broken, broken, broken, broken);

    assertThatThrownBy(() -> bench.fetch(wanted))
        .hasMessageContaining("failed to download `abc v1.0.0`")
        .cause()
        .hasMessageContaining("502");
    assertThat(registry.requests).filteredOn(path -> path.startsWith("/dl")).hasSize(3);
    assertThat(bench.downloaded()).isEmpty();
  }

  @Test
  void aDeadServerIsNamed() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");
    registry.close();

    assertThatThrownBy(() -> bench.fetch(wanted))
        .hasMessageContaining("failed to download from `" + registry.url());
  }

  @Test
  void aMissingVersionIsNamedAndTheOthersAreKept() throws Exception {
    var good = registry.publish("abc", "1.0.0");
    var id = new PackageId("gone", Version.parse("2.0.0"), registry.source());
    bench.fetch(good);

    assertThatThrownBy(() -> bench.fetch(good, new Wanted(id, WRONG)))
        .hasMessageContaining("failed to download `gone v2.0.0`")
        .cause()
        .hasMessageContaining("404");
    assertThat(bench.fetchOffline(good)).containsKey(good.id());
  }

  @Test
  void offlineNamesTheCrate() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");

    assertThatThrownBy(() -> bench.fetchOffline(wanted))
        .hasMessage("attempting to download `abc v1.0.0`, but --offline was specified");
    assertThat(registry.requests).isEmpty();
  }

  @Test
  void offlineUsesWhatCargoDownloaded() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");
    var crate = TestRegistry.crate("abc", "1.0.0", Map.of("src/lib.rs", "// abc"));
    var cache = bench.cargoHome().resolve("registry/cache/somewhere-0123456789abcdef");
    Files.createDirectories(cache);
    Files.write(cache.resolve("abc-1.0.0.crate"), crate);

    assertThat(bench.fetchOffline(wanted)).containsKey(wanted.id());
    assertThat(bench.downloaded()).isEmpty();
  }

  @Test
  void cargosFileWithAnotherHashIsNotUsed() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");
    var cache = bench.cargoHome().resolve("registry/cache/somewhere-0123456789abcdef");
    Files.createDirectories(cache);
    Files.writeString(cache.resolve("abc-1.0.0.crate"), "something else");

    assertThat(bench.fetch(wanted)).containsKey(wanted.id());
    assertThat(registry.requests).anyMatch(path -> path.startsWith("/dl"));
  }

  @Test
  void halfDownloadsOfDeadProcessesAreSwept() throws Exception {
    Files.createDirectories(bench.downloads());
    Files.writeString(bench.downloads().resolve(".999999999-1.part"), "half");
    var alive = "." + ProcessHandle.current().pid() + "-77.part";
    Files.writeString(bench.downloads().resolve(alive), "half");

    bench.fetcher(true).close();

    assertThat(bench.downloaded()).containsExactly(alive);
  }

  @Test
  void withoutAChecksumTheIndexsCounts() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");

    assertThat(bench.fetch(new Wanted(wanted.id(), null))).containsKey(wanted.id());

    registry.put(
        "/dl/abc/1.0.0/download", TestRegistry.crate("abc", "1.0.0", Map.of("a", "other")));
    var second = new FetchBench(directory.resolve("second"));
    assertThatThrownBy(() -> second.fetch(new Wanted(wanted.id(), null)))
        .hasMessageContaining("failed to verify the checksum of `abc v1.0.0`");
  }

  @Test
  void theIndexListsVersions() throws Exception {
    registry.publish("abc", "1.0.0");
    var newer = registry.publish("abc", "1.1.0");

    try (var fetcher = bench.fetcher(false)) {
      assertThat(fetcher.published(registry.source(), "abc"))
          .extracting(entry -> entry.version().toString())
          .containsExactly("1.0.0", "1.1.0");
      assertThat(fetcher.published(registry.source(), "abc").getLast().checksum())
          .isEqualTo(newer.checksum());
      assertThat(fetcher.published(registry.source(), "none")).isEmpty();
    }
  }

  @Test
  void anObjectThatWasCollectedIsBroughtAgain() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");
    var first = bench.fetch(wanted);
    var second = new FetchBench(directory.resolve("second"));
    Files.createDirectories(directory.resolve("second/cache"));
    Files.move(directory.resolve("cache/memo"), directory.resolve("second/cache/memo"));

    assertThat(second.fetch(wanted)).isEqualTo(first);
    assertThat(second.store.isValid(second.object(wanted))).isTrue();
  }

  @Test
  void gitPackagesAreRefusedByName() throws Exception {
    var source = new SourceId(SourceId.Kind.GIT, "https://example.org/x.git", null, "0123456789");
    var id = new PackageId("x", Version.parse("1.0.0"), source);

    assertThatThrownBy(() -> bench.fetch(new Wanted(id, null)))
        .hasMessageContaining("`x v1.0.0`")
        .hasMessageContaining("git dependencies are not supported yet");
  }

  @Test
  void aLocalRegistryStandsIn() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");
    var local = bench.root.resolve("ws/local");
    Files.createDirectories(local.resolve("index/3/a"));
    Files.writeString(local.resolve("index/3/a/abc"), "");
    Files.write(
        local.resolve("abc-1.0.0.crate"),
        TestRegistry.crate("abc", "1.0.0", Map.of("src/lib.rs", "// abc")));
    bench.configure(
        """
        [source.remote]
        registry = "%s"
        replace-with = "near"
        [source.near]
        local-registry = "local"
        """
            .formatted(registry.source().url()));

    assertThat(bench.fetch(wanted)).containsKey(wanted.id());
    assertThat(registry.requests).isEmpty();

    Files.write(local.resolve("abc-1.0.0.crate"), new byte[] {1});
    var second = new FetchBench(directory.resolve("second"));
    Files.createSymbolicLink(second.root.resolve("ws/local"), local);
    Files.copy(
        bench.root.resolve("ws/.cargo/config.toml"), second.root.resolve("ws/.cargo/config.toml"));
    assertThatThrownBy(() -> second.fetch(wanted))
        .hasMessageContaining("failed to verify the checksum of `abc v1.0.0`");
  }

  @Test
  void aCrateThatALocalRegistryLacksIsNamed() throws Exception {
    var wanted = registry.publish("abc", "1.0.0");
    Files.createDirectories(bench.root.resolve("ws/local/index"));
    bench.configure(
        """
        [source.remote]
        registry = "%s"
        replace-with = "near"
        [source.near]
        local-registry = "local"
        """
            .formatted(registry.source().url()));

    assertThatThrownBy(() -> bench.fetch(wanted))
        .hasMessageContaining("no package `abc v1.0.0` in the local registry")
        .hasMessageContaining("ws/local");
  }

  private static String checksum(Wanted wanted) {
    return Objects.requireNonNull(wanted.checksum()).hex();
  }
}
