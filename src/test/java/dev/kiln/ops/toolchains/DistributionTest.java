package dev.kiln.ops.toolchains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.Compression;
import dev.kiln.digest.Digest;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.ops.Settings;
import dev.kiln.ops.Surroundings;
import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A channel on a server that is a folder.
class DistributionTest {
  private static final String TARGET = "riscv64gc-unknown-linux-musl";

  @TempDir Path directory;
  private final StringBuilder manifest = new StringBuilder("manifest-version = \"2\"\n");

  @BeforeEach
  void makeADistribution() throws Exception {
    var host = Supplies.hostTriple();
    component("rust-std", host, Compression.GZIP, "lib/rustlib/" + host + "/lib/libstd.rlib");
    component("rust-std", TARGET, Compression.XZ, "lib/rustlib/" + TARGET + "/lib/libstd.rlib");
    component("rustc", host, Compression.XZ, "lib/librustc_driver.so");
    publish();
  }

  /// The store writes its records in the background, and JUnit deletes the directory.
  @AfterEach
  void waitForTheStore() throws Exception {
    Store.open(directory.resolve("store"), StoreDir.DEFAULT).flush();
  }

  @Test
  void aChannelIsPinnedByTheHashesOfItsManifest() throws Exception {
    operation().lock("tiny");

    var lock = Files.readString(directory.resolve("ws/toolchains/tiny.lock"));
    assertThat(lock).contains("Package: rustc\n").contains("Architecture: " + TARGET);
    assertThat(lock).contains("Filename: dist/rust-std-" + TARGET + ".tar.xz");
  }

  @Test
  void aTargetsLibraryIsUnpackedAlone() throws Exception {
    operation().lock("tiny");
    var supply = supplies().find("tiny").orElseThrow();

    var std = supply.std(TARGET).orElseThrow();

    var object = directory.resolve("store/store").resolve(std.baseName());
    assertThat(object.resolve("lib/rustlib/" + TARGET + "/lib/libstd.rlib")).hasContent("rust-std");
    assertThat(object.resolve("share")).doesNotExist();
    assertThat(supply.std("s390x-unknown-linux-gnu")).isEmpty();
    assertThat(supply.targets()).containsExactly(TARGET, Supplies.hostTriple());
    assertThat(supply.remedy("s390x-unknown-linux-gnu"))
        .contains("kiln toolchain install tiny --target s390x-unknown-linux-gnu");
  }

  @Test
  void aManifestWithAnotherHashIsRefused() throws Exception {
    Files.writeString(directory.resolve("server/dist/channel-rust-1.2.3.toml"), manifest + "\n");

    assertThatThrownBy(() -> operation().lock("tiny"))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("does not have the hash");
  }

  @Test
  void aServerMustBeNamed() throws Exception {
    Files.delete(directory.resolve("config/config.toml"));

    assertThatThrownBy(() -> operation().lock("tiny"))
        .isInstanceOfSatisfying(
            KilnException.class, e -> assertThat(e.hint()).contains("RUSTUP_DIST_SERVER"));
  }

  @Test
  void aChannelThatIsNotThereIsNamed() {
    assertThatThrownBy(
            () -> operation().install("9.9.9", new ToolchainOperation.Extras(List.of(), List.of())))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("no channel `9.9.9`");
  }

  private ToolchainOperation operation() throws KilnException {
    return new ToolchainOperation(settings(), _ -> {});
  }

  private Supplies supplies() throws KilnException {
    var files = new ToolchainFiles(directory.resolve("ws"), directory.resolve("config"));
    var http = HttpSettings.of(Surroundings.config(settings()), true);
    return new Supplies(settings(), files, http, _ -> {});
  }

  private Settings settings() {
    return new Settings(
        directory.resolve("ws"),
        new TreeMap<>(Map.of("HOME", directory.toString())),
        Clock.systemUTC(),
        new Settings.Places(
            directory.resolve("store"),
            StoreDir.DEFAULT,
            directory.resolve("cache"),
            directory.resolve("config")),
        null,
        List.of(),
        new Settings.Network(null, true),
        null,
        new Settings.Choices(null, null, true, Settings.Unstable.NONE, 0));
  }

  private void publish() throws IOException {
    write("server/dist/channel-rust-1.2.3.toml", manifest.toString());
    var hash = Digest.sha256(manifest.toString().getBytes(StandardCharsets.UTF_8)).hex();
    write("server/dist/channel-rust-1.2.3.toml.sha256", hash + "  channel-rust-1.2.3.toml\n");
    write(
        "config/config.toml",
        "[mirrors]\nrust = \"" + directory.resolve("server").toUri() + "\"\n");
    write(
        "ws/toolchains/tiny.toml",
        """
        kind = "rust-dist"
        channel = "1.2.3"
        hosts = ["%s"]
        targets = ["%s"]
        """
            .formatted(Supplies.hostTriple(), TARGET));
  }

  private void write(String name, String text) throws IOException {
    var file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void component(String name, String target, Compression compression, String path)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    var top = name + "-1.2.3-" + target + "/";
    try (var tar = new TarArchiveOutputStream(compression.compress(bytes))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      entry(tar, top + "components", name);
      entry(tar, top + name + "/manifest.in", path);
      entry(tar, top + name + "/share/doc/" + name, "text");
      entry(tar, top + name + "/" + path, name);
    }
    var file = "dist/" + name + "-" + target + ".tar" + compression.suffix();
    Files.createDirectories(directory.resolve("server/dist"));
    Files.write(directory.resolve("server").resolve(file), bytes.toByteArray());
    var key = compression == Compression.XZ ? "xz_" : "";
    if (manifest.indexOf("[pkg." + name + "]") < 0) {
      manifest.append("[pkg.").append(name).append("]\nversion = \"1.2.3 (abc 2026-01-01)\"\n");
    }
    manifest.append("[pkg.%s.target.%s]\navailable = true\n".formatted(name, target));
    manifest.append("%surl = \"https://other.example/%s\"\n".formatted(key, file));
    manifest.append("%shash = \"%s\"\n".formatted(key, Digest.sha256(bytes.toByteArray()).hex()));
  }

  private static void entry(TarArchiveOutputStream tar, String name, String text)
      throws IOException {
    var contents = text.getBytes(StandardCharsets.UTF_8);
    var entry = new TarArchiveEntry(name);
    entry.setSize(contents.length);
    tar.putArchiveEntry(entry);
    tar.write(contents);
    tar.closeArchiveEntry();
  }
}
