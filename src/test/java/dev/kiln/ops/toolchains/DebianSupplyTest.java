package dev.kiln.ops.toolchains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.archive.Compression;
import dev.kiln.digest.Digest;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.ops.Settings;
import dev.kiln.ops.Surroundings;
import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import dev.kiln.toolchain.debian.LockedPackage;
import dev.kiln.toolchain.debian.PackageLock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A toolchain file with two packages, on a mirror that is a folder.
class DebianSupplyTest {
  private static final String OTHER = "sparc64-unknown-linux-gnu";

  @TempDir Path directory;
  private final List<String> said = new ArrayList<>();
  private final List<LockedPackage> packages = new ArrayList<>();

  @BeforeEach
  void makeAMirror() throws Exception {
    write(
        "ws/toolchains/tiny.toml",
        """
        kind = "debian"
        [archive]
        suites = ["tiny"]
        components = ["main"]
        hosts = ["amd64", "arm64"]
        keyring = "none"
        [rust]
        packages = ["rustc"]
        source = "rust-src"
        library = "usr/src/library"
        [sysroot]
        packages = ["gcc"]
        [sysroot.links]
        "usr/bin/cc" = "gcc"
        [native]
        foo-sys = ["libfoo-dev"]
        [target.sparc64-unknown-linux-gnu]
        architecture = "sparc64"
        tools = ["libfoo-dev"]
        """);
    write(
        "config/config.toml",
        "[mirrors]\ndebian = \"" + directory.resolve("mirror").toUri() + "\"");
    deb("gcc", "./usr/bin/gcc");
    deb("libfoo-dev", "./usr/include/foo.h");
    deb("rustc", "./usr/bin/rustc");
    deb("rust-src", "./usr/src/library/Cargo.toml");
    lock();
  }

  /// The store writes its records in the background, and JUnit deletes the directory.
  @AfterEach
  void waitForTheStore() throws Exception {
    Store.open(directory.resolve("store"), StoreDir.DEFAULT).flush();
  }

  @Test
  void aSysrootHasItsPackagesAndLinksAndIsMadeOnce() throws Exception {
    var root = supply().sysroot(List.of(), List.of("libfoo-dev")).root();

    assertThat(root.resolve("bin/cc")).hasContent("of gcc");
    assertThat(root.resolve("usr/include/foo.h")).hasContent("of libfoo-dev");
    assertThat(said).singleElement().asString().contains("2 packages").contains("unpacked");

    said.clear();
    var again = supply().sysroot(List.of(), List.of("libfoo-dev"));
    assertThat(again.root()).isEqualTo(root);
    assertThat(again.read().compiler()).isNotNull();
    assertThat(again.read().directories()).extracting("at").containsExactly("/usr");
    assertThat(said).isEmpty();
  }

  @Test
  void whatIsWantedIsWhatIsNotThere() throws Exception {
    assertThat(supply().wanted(List.of(OTHER), true).text())
        .as("compiler and sysroot, tools of the target, its library from source")
        .matches("4 packages, [0-9.]+ MB \\([0-9.]+ MB unpacked\\)");
    assertThat(supply().remedy("no-such")).contains("it has: " + OTHER + "; `-Z build-std`");
    assertThat(supply().wanted(List.of(OTHER), false).packages()).isEqualTo(2);
    assertThat(supply().wanted(List.of(), true).packages()).isEqualTo(2);

    supply().sysroot(List.of(), List.of());

    assertThat(supply().wanted(List.of(OTHER), true).packages())
        .as("the package is shared by both trees")
        .isEqualTo(3);
    Files.delete(directory.resolve("mirror/pool/rustc.deb"));
    assertThat(supply().wanted(List.of(OTHER), true).packages()).isEqualTo(3);
  }

  @Test
  void onlyWhatIsAskedForIsDownloaded() throws Exception {
    Files.delete(directory.resolve("mirror/pool/libfoo-dev.deb"));

    var plain = supply().sysroot(List.of(), List.of());

    assertThat(plain.root().resolve("usr/include")).doesNotExist();
  }

  @Test
  void anotherNativeLibraryIsAnotherFingerprint() throws Exception {
    var plain = supply().sysroot(List.of(), List.of()).read();
    var more = supply().sysroot(List.of(), List.of("libfoo-dev")).read();

    assertThat(more.fingerprint()).isNotEqualTo(plain.fingerprint());
  }

  @Test
  void aVanishedPackageNamesTheCommandThatMendsIt() throws Exception {
    Files.delete(directory.resolve("mirror/pool/gcc.deb"));

    assertThatThrownBy(() -> supply().sysroot(List.of(), List.of()))
        .isInstanceOfSatisfying(
            KilnException.class,
            e -> {
              assertThat(e).hasMessageContaining("gcc 1.0").hasMessageContaining("gone");
              assertThat(e.hint()).contains("kiln toolchain lock tiny");
            });
  }

  @Test
  void aChangedPackageIsNotUnpacked() throws Exception {
    Files.writeString(directory.resolve("mirror/pool/gcc.deb"), "something else");

    assertThatThrownBy(() -> supply().sysroot(List.of(), List.of()))
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("SHA-256");
  }

  @Test
  void aNameWithoutAFileIsNotOfThisKind() throws Exception {
    var files = new ToolchainFiles(directory.resolve("ws"), directory.resolve("config"));

    assertThat(files.names()).containsExactly("debian-12", "tiny");
    assertThat(new Supplies(settings(), files, http(), said()).find("1.95.0")).isEmpty();
    assertThatThrownBy(() -> files.require("tyni"))
        .isInstanceOfSatisfying(
            KilnException.class, e -> assertThat(e.hint()).contains("debian-12, tiny"));
  }

  private DebianSupply supply() throws KilnException {
    var files = new ToolchainFiles(directory.resolve("ws"), directory.resolve("config"));
    return new Supplies(settings(), files, http(), said()).requireSysroot("tiny");
  }

  private EventSink said() {
    return event -> {
      if (event instanceof BuildEvent.Status(_, var text)) {
        said.add(text);
      }
    };
  }

  private HttpSettings http() throws KilnException {
    CargoConfig config = Surroundings.config(settings());
    return HttpSettings.of(config, true);
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

  private void write(String name, String text) throws IOException {
    var file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void lock() throws IOException {
    write("ws/toolchains/tiny.lock", new PackageLock(packages).text());
  }

  private void deb(String name, String path) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(Compression.XZ.compress(bytes))) {
      var contents = ("of " + name).getBytes(StandardCharsets.UTF_8);
      var entry = new TarArchiveEntry(path);
      entry.setSize(contents.length);
      entry.setMode(0755);
      tar.putArchiveEntry(entry);
      tar.write(contents);
      tar.closeArchiveEntry();
    }
    var file = directory.resolve("mirror/pool").resolve(name + ".deb");
    Files.createDirectories(file.getParent());
    try (var ar = new ArArchiveOutputStream(Files.newOutputStream(file))) {
      ar.putArchiveEntry(new ArArchiveEntry("data.tar.xz", bytes.size()));
      bytes.writeTo(ar);
      ar.closeArchiveEntry();
    }
    var data = Files.readAllBytes(file);
    for (var architecture : List.of("amd64", "arm64")) {
      packages.add(
          new LockedPackage(
              name,
              architecture,
              "1.0",
              "debian",
              "pool/" + name + ".deb",
              data.length,
              data.length,
              Digest.sha256(data),
              List.of()));
    }
  }
}
