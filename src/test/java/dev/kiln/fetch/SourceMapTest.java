package dev.kiln.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.SourceId;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SourceMapTest {
  private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
  private final Path root = files.getPath("/ws");

  @AfterEach
  void close() throws IOException {
    files.close();
  }

  @Test
  void withoutConfigurationASourceIsItself() throws Exception {
    assertThat(resolve("", SourceId.CRATES_IO))
        .isEqualTo(Source.registry(SourceId.CRATES_IO.indexUrl()))
        .isInstanceOf(Source.Sparse.class);
    assertThat(resolve("", SourceId.registry("https://git.example/index")))
        .isEqualTo(new Source.GitIndex("https://git.example/index"));
    assertThat(resolve("", SourceId.registry("sparse+https://x.example/i")))
        .isEqualTo(new Source.Sparse("https://x.example/i/"));
  }

  @Test
  void chainsAreFollowed() throws Exception {
    var config =
        """
        [source.crates-io]
        replace-with = "mirror"
        [source.mirror]
        registry = "sparse+https://mirror.example/"
        replace-with = "near"
        [source.near]
        directory = "vendor"
        """;

    assertThat(resolve(config, SourceId.CRATES_IO))
        .isEqualTo(new Source.Directory(root.resolve("vendor")));
    assertThat(resolve(config, SourceId.registry("sparse+https://mirror.example/")))
        .isEqualTo(new Source.Directory(root.resolve("vendor")));
    assertThat(resolve(config, SourceId.registry("sparse+https://other.example/")))
        .isEqualTo(new Source.Sparse("https://other.example/"));
  }

  @Test
  void cratesIoHasOneMeaningUnderBothNames() throws Exception {
    var config = "[source.crates-io]\nreplace-with='n'\n[source.n]\nlocal-registry='reg'\n";

    assertThat(resolve(config, SourceId.registry(SourceId.CRATES_IO.indexUrl())))
        .isEqualTo(new Source.Local(root.resolve("reg")));
  }

  @Test
  void cratesIoMayBeDefinedAnew() throws Exception {
    assertThat(
            resolve(
                "[source.crates-io]\nregistry='sparse+https://mirror.example/'\n",
                SourceId.CRATES_IO))
        .isEqualTo(new Source.Sparse("https://mirror.example/"));
  }

  @Test
  void aNamedRegistryMayStandIn() throws Exception {
    assertThat(
            resolve(
                """
                [source.crates-io]
                replace-with = "ours"
                [registries.ours]
                index = "sparse+https://ours.example/"
                """,
                SourceId.CRATES_IO))
        .isEqualTo(new Source.Sparse("https://ours.example/"));
  }

  @Test
  void cyclesAreErrors() {
    var two =
        """
        [source.crates-io]
        replace-with='a'
        [source.a]
        registry='sparse+https://a.example/'
        replace-with='crates-io'
        """;
    assertThatThrownBy(() -> resolve(two, SourceId.CRATES_IO))
        .hasMessageStartingWith(
            "detected a cycle of `replace-with` sources, the source `crates-io` is eventually"
                + " replaced with itself (configuration in `/ws/.cargo/config.toml`)");

    var behind =
        """
        [source.crates-io]
        replace-with='a'
        [source.a]
        registry='sparse+https://a.example/'
        replace-with='b'
        [source.b]
        registry='sparse+https://b.example/'
        replace-with='a'
        """;
    assertThatThrownBy(() -> resolve(behind, SourceId.CRATES_IO)).hasMessageContaining("`a`");
  }

  @Test
  void unknownNamesAreErrors() {
    assertThatThrownBy(
            () -> resolve("[source.crates-io]\nreplace-with='nowhere'\n", SourceId.CRATES_IO))
        .hasMessage(
            "could not find a configured source with the name `nowhere` when attempting to lookup"
                + " `crates-io` (configuration in `/ws/.cargo/config.toml`)");
  }

  @Test
  void aSourceNeedsExactlyOnePlace() {
    assertThatThrownBy(() -> resolve("[source.a]\nreplace-with='b'\n", SourceId.CRATES_IO))
        .hasMessageStartingWith("no source location specified for `source.a`");
    assertThatThrownBy(
            () -> resolve("[source.a]\ndirectory='b'\nlocal-registry='c'\n", SourceId.CRATES_IO))
        .hasMessage("more than one source location specified for `source.a`");
    assertThatThrownBy(() -> resolve("[source.a]\ndirectory='b'\nbranch='c'\n", SourceId.CRATES_IO))
        .hasMessageContaining("specifies `branch`, but that requires a `git` key");
  }

  @Test
  void onePlaceHasOneName() {
    assertThatThrownBy(() ->
            resolve("[source.a]\ndirectory='v'\n[source.b]\ndirectory='v'\n", SourceId.CRATES_IO))
        .hasMessageStartingWith(
            "source `b` defines source dir /ws/v, but that source is already defined by `a`\n");
    assertThatThrownBy(() ->
            resolve(
                "[source.a]\nregistry='" + SourceId.CRATES_IO.url() + "'\n", SourceId.CRATES_IO))
        .hasMessageStartingWith(
            "source `a` defines source registry `crates-io`, but that source is already defined by"
                + " `crates-io`\n");
    assertThatThrownBy(() -> resolve("[source.a]\nregistry='no url'\n", SourceId.CRATES_IO))
        .hasMessage(
            "configuration key `source.a.registry` specified an invalid URL (in"
                + " /ws/.cargo/config.toml)")
        .hasRootCauseMessage("invalid url `no url`: relative URL without a base");
  }

  @Test
  void whatHasNoChecksumsDoesNotStandInForARegistry() {
    assertThatThrownBy(() ->
            resolve(
                "[source.crates-io]\nreplace-with='g'\n[source.g]\ngit='https://g.example/'\n",
                SourceId.CRATES_IO))
        .hasMessageStartingWith("cannot replace `crates-io` with `g`");
  }

  private Source resolve(String toml, SourceId id) throws IOException, KilnException {
    Files.createDirectories(root.resolve(".cargo"));
    Files.writeString(root.resolve(".cargo/config.toml"), toml);
    return SourceMap.of(CargoConfig.load(root, null, new TreeMap<>(), List.of())).resolve(id);
  }
}
