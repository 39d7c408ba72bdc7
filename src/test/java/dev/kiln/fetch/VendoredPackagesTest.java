package dev.kiln.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.digest.Digest;
import dev.kiln.json.Json;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VendoredPackagesTest {
  private static final Map<String, String> FILES = Map.of("src/lib.rs", "// abc");

  @TempDir Path directory;

  private FetchBench bench;
  private Wanted wanted;

  @BeforeEach
  void vendor() throws Exception {
    bench = new FetchBench(directory);
    bench.configure(
        """
        [source.crates-io]
        replace-with = "vendored"
        [source.vendored]
        directory = "vendor"
        """);
    var checksum = Digest.sha256(TestRegistry.crate("abc", "1.0.0", FILES));
    wanted = new Wanted(new PackageId("abc", Version.parse("1.0.0"), SourceId.CRATES_IO), checksum);
    put("anything", "abc", "1.0.0", checksum.hex());
    put("abc-2", "abc", "2.0.0", checksum.hex());
    Files.createDirectories(directory.resolve("ws/vendor/.hidden"));
    Files.writeString(directory.resolve("ws/vendor/.hidden/Cargo.toml"), "[package]");
    Files.createDirectories(directory.resolve("ws/vendor/no-package"));
  }

  @Test
  void aPackageIsFoundByItsManifest() throws Exception {
    var object = bench.object(wanted);

    assertThat(object.name()).isEqualTo("abc-1.0.0");
    assertThat(bench.read(object, "Cargo.toml")).contains("1.0.0");
  }

  @Test
  void theObjectIsThatOfTheCrate() throws Exception {
    try (var registry = new TestRegistry()) {
      var published = registry.publish("abc", "1.0.0");
      var plain = new FetchBench(directory.resolve("plain"));

      assertThat(bench.object(wanted)).isEqualTo(plain.object(published));
    }
  }

  @Test
  void anEditedFileIsRefusedEvenAfterAGoodFetch() throws Exception {
    bench.fetchOffline(wanted);
    var file = directory.resolve("ws/vendor/anything/src/lib.rs");
    Files.writeString(file, "// edited");

    assertThatThrownBy(() -> bench.fetchOffline(wanted))
        .hasMessageStartingWith("the listed checksum of `" + file + "` has changed:\nexpected: ")
        .hasMessageContaining(Digest.sha256(TestRegistry.text("// abc")).hex())
        .hasMessageContaining(Digest.sha256(TestRegistry.text("// edited")).hex());
  }

  @Test
  void aMissingFileIsRefused() throws Exception {
    Files.delete(directory.resolve("ws/vendor/anything/src/lib.rs"));

    assertThatThrownBy(() -> bench.fetchOffline(wanted)).hasMessageContaining("src/lib.rs");
  }

  @Test
  void extraFilesArePartOfThePackage() throws Exception {
    Files.writeString(directory.resolve("ws/vendor/anything/extra.txt"), "more");

    assertThat(bench.read(bench.object(wanted), "extra.txt")).isEqualTo("more");
  }

  @Test
  void anotherChecksumThanTheLocksIsRefused() throws Exception {
    put("anything", "abc", "1.0.0", "00".repeat(32));

    assertThatThrownBy(() -> bench.fetchOffline(wanted))
        .hasMessageStartingWith("checksum for `abc v1.0.0` changed between lock files");

    put("anything", "abc", "1.0.0", null);
    assertThatThrownBy(() -> bench.fetchOffline(wanted))
        .hasMessageStartingWith("checksum for `abc v1.0.0` could not be calculated");
  }

  @Test
  void aMissingVersionIsNamed() throws Exception {
    var other = new PackageId("abc", Version.parse("3.0.0"), SourceId.CRATES_IO);

    assertThatThrownBy(() -> bench.fetchOffline(new Wanted(other, null)))
        .hasMessageContaining("no package `abc v3.0.0`")
        .hasMessageContaining("ws/vendor");
  }

  @Test
  void aPackageWithoutChecksumsIsRefused() throws Exception {
    Files.delete(directory.resolve("ws/vendor/abc-2/.cargo-checksum.json"));

    assertThatThrownBy(() -> bench.fetchOffline(wanted))
        .hasMessage("failed to load checksum `.cargo-checksum.json` of abc v2.0.0");
  }

  @Test
  void gitPackagesComeFromADirectoryToo() throws Exception {
    bench.configure(
        """
        [source."https://example.org/x"]
        git = "https://example.org/x"
        branch = "main"
        replace-with = "vendored"
        [source.vendored]
        directory = "vendor"
        """);
    put("x", "x", "0.1.0", null);
    var reference = new SourceId.GitReference(SourceId.GitReference.Type.BRANCH, "main");
    var source = new SourceId(SourceId.Kind.GIT, "https://example.org/x", reference, "0123456789");
    var git = new Wanted(new PackageId("x", Version.parse("0.1.0"), source), null);

    assertThat(bench.fetchOffline(git)).containsKey(git.id());
  }

  private void put(String folder, String name, String version, @Nullable String checksum)
      throws Exception {
    var root = directory.resolve("ws/vendor").resolve(folder);
    var files = new TreeMap<>(FILES);
    files.put("Cargo.toml", TestRegistry.manifest(name, version));
    var listed = Json.object();
    for (var file : files.entrySet()) {
      Files.createDirectories(root.resolve(file.getKey()).getParent());
      Files.writeString(root.resolve(file.getKey()), file.getValue());
      listed.put(file.getKey(), Digest.sha256(TestRegistry.text(file.getValue())).hex());
    }
    var json = Json.object().put("files", listed.build());
    if (checksum != null) {
      json.put("package", checksum);
    }
    Files.writeString(root.resolve(".cargo-checksum.json"), json.build().compact());
  }
}
