package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.kiln.digest.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A Rust distribution of this machine's own rustc, packed as its makers pack it, on a server; and
/// the sample workspace built with what kiln makes of it.
@Needs({"rustc", "cc", "bwrap", "tar", "gzip", "xz"})
class RustDistributionIT {
  /// A release that nobody has installed.
  private static final String CHANNEL = "1.0.7";

  @TempDir static Path temp;
  private static final StringBuilder manifest = new StringBuilder();
  private static KilnProgram kiln;
  private static Path workshop;
  private static Path server;
  private static String host;

  @BeforeAll
  static void aDistribution() throws Exception {
    kiln = new KilnProgram(temp.resolve("places"));
    workshop = KilnProgram.copyFixture("workshop", temp.resolve("workshop"));
    server = Files.createDirectories(temp.resolve("server/dist"));
    var sysroot = Path.of(said("rustc", "--print", "sysroot"));
    host = said("rustc", "-vV").replaceFirst("(?s).*\nhost: (\\S+).*", "$1");
    manifest.append("manifest-version = \"2\"\ndate = \"2026-01-01\"\n");
    manifest.append("[renames.clippy]\nto = \"clippy-preview\"\n");
    var compiler = new ArrayList<>(List.of("bin/rustc", "bin/rustdoc"));
    try (var libraries = Files.newDirectoryStream(sysroot.resolve("lib"), "*.so*")) {
      libraries.forEach(library -> compiler.add("lib/" + library.getFileName()));
    }
    if (Files.isDirectory(sysroot.resolve("lib/rustlib/" + host + "/bin"))) {
      compiler.add("lib/rustlib/" + host + "/bin");
    }
    pack(sysroot, "rustc", "gzip -1", ".gz", compiler);
    pack(sysroot, "rust-std", "gzip -1", ".gz", List.of("lib/rustlib/" + host + "/lib"));
    pack(sysroot, "clippy-preview", "xz -0", ".xz", List.of("bin/clippy-driver"));
    var text = manifest.toString();
    var file = "channel-rust-" + CHANNEL + ".toml";
    Files.writeString(server.resolve(file), text);
    Files.writeString(
        server.resolve(file + ".sha256"),
        Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex() + "  " + file + "\n");
  }

  @Test
  void aToolchainFileOfTheWorkspaceChoosesAReleaseFromAServer() throws Exception {
    Files.writeString(
        workshop.resolve("rust-toolchain.toml"),
        "[toolchain]\nchannel = \"%s\"\ncomponents = [\"clippy\"]\n".formatted(CHANNEL));
    var missing = kiln.run(workshop, "build", "--offline");
    assertThat(missing.code()).isEqualTo(101);
    assertThat(missing.err()).contains("kiln toolchain install " + CHANNEL);

    var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/", SimpleFileServer.createFileHandler(temp.resolve("server")));
    http.start();
    try {
      var address = "http://127.0.0.1:" + http.getAddress().getPort();
      var installed =
          kiln.run(workshop, Map.of("RUSTUP_DIST_SERVER", address), "toolchain", "install");
      assertThat(installed.code()).as(installed.err()).isZero();
      assertThat(installed.err()).containsPattern("compiler: 3 packages, [0-9.]+ MB");
    } finally {
      http.stop(0);
    }
    assertThat(Files.readString(temp.resolve("places/config/kiln/toolchains/" + CHANNEL + ".lock")))
        .contains(".tar.gz")
        .contains("Package: clippy\n");

    var run = kiln.run(workshop, "run", "-q", "--locked", "--offline");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("fired at 1240 degrees");
    assertThat(kiln.run(workshop, "toolchain", "show", CHANNEL).out())
        .contains("  rustc " + CHANNEL + " " + host);
  }

  @Test
  void aFolderWillDoForAServer() throws Exception {
    var elsewhere = new KilnProgram(temp.resolve("elsewhere"));
    var mirror = temp.resolve("server").toUri().toString();

    var nothing =
        elsewhere.run(
            temp,
            Map.of("RUSTUP_DIST_SERVER", mirror),
            "toolchain",
            "install",
            CHANNEL,
            "--target",
            "riscv64gc-unknown-linux-musl");
    assertThat(nothing.code()).isEqualTo(101);
    assertThat(nothing.err())
        .contains("has no `rust-std` for riscv64gc-unknown-linux-musl")
        .contains("it has it for: " + host);

    var clippy = server.resolve("clippy-preview.tar.xz");
    var good = Files.readAllBytes(clippy);
    Files.write(clippy, new byte[] {1, 2, 3});
    var damaged =
        elsewhere.run(
            temp,
            Map.of("RUSTUP_DIST_SERVER", mirror),
            "toolchain",
            "install",
            CHANNEL,
            "--component",
            "clippy");
    Files.write(clippy, good);
    assertThat(damaged.code()).isEqualTo(101);
    assertThat(damaged.err()).contains("is not the locked package").doesNotContain("\tat ");
  }

  /// Packs real files as a component, under the names that installers want.
  private static void pack(
      Path sysroot, String component, String compressor, String suffix, List<String> files)
      throws Exception {
    var top = component + "-" + CHANNEL + "-" + host;
    var lists = Files.createDirectories(temp.resolve("lists"));
    Files.writeString(lists.resolve("components"), component + "\n");
    var archive = server.resolve(component + ".tar" + suffix);
    var command =
        new ArrayList<>(
            List.of(
                "tar",
                "-c",
                "-I",
                compressor,
                "-f",
                archive.toString(),
                "--transform",
                "s,^,%1$s/%2$s/,;s,^%1$s/%2$s/components$,%1$s/components,"
                    .formatted(top, component),
                "-C",
                lists.toString(),
                "components",
                "-C",
                sysroot.toString()));
    command.addAll(files);
    said(command.toArray(String[]::new));
    var name = component.replace("-preview", "");
    var key = suffix.equals(".xz") ? "xz_" : "";
    manifest.append("[pkg.%s]\nversion = \"%s (abc 2026-01-01)\"\n".formatted(component, CHANNEL));
    manifest.append("[pkg.%s.target.%s]\navailable = true\n".formatted(component, host));
    manifest.append(
        "%surl = \"https://%s.invalid/dist/%s\"\n".formatted(key, name, archive.getFileName()));
    manifest.append(
        "%shash = \"%s\"\n".formatted(key, Digest.sha256(Files.readAllBytes(archive)).hex()));
  }

  private static String said(String... command) throws IOException, InterruptedException {
    var out = Files.createTempFile(temp, "said", "");
    var process = new ProcessBuilder(command).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    return Files.readString(out).strip();
  }
}
