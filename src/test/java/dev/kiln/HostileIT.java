package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The crate whose build script tries to get out, built by the packaged program; and the same
/// without a sandbox, where the attempts succeed, so that they are known to be real ones.
///
/// Numbers are Linux's errno: 1 not permitted, 2 no such file, 13 no access, 22 no mount there, 30
/// read-only, 101 no network, 111 connection refused.
@Needs({"rustc", "cc", "bwrap"})
class HostileIT {
  @TempDir static Path temp;
  private static KilnProgram kiln;
  private static Path home;
  private static Path outside;

  @BeforeAll
  static void privateThings() throws IOException {
    kiln = new KilnProgram(temp.resolve("places"));
    home = Files.createDirectories(temp.resolve("home"));
    Files.writeString(home.resolve("private"), "nobody's business\n");
    outside = Files.createDirectories(temp.resolve("outside"));
  }

  @Test
  void nothingIsReachedFromInside() throws Exception {
    var marker = "kiln-hostile-" + ProcessHandle.current().pid();
    var report = report("sandboxed", marker);
    assertThat(report)
        .containsEntry("network-devices", "lo")
        .containsEntry("read-home", "2")
        .containsEntry("read-home-by-self-root", "2")
        .containsEntry("read-store", "2")
        .containsEntry("foreign-output-in-store", "false")
        .containsEntry("foreign-output-in-build", "false")
        .containsEntry("undeclared-crate-in-build", "false")
        .containsEntry("write-source", "30")
        .containsEntry("write-source-by-self-root", "30")
        .containsEntry("change-source", "30")
        .containsEntry("write-source-after-remount", "30")
        .containsEntry("writable-devices", "")
        .containsEntry("uid", "1000")
        .containsEntry("gid", "100")
        .containsEntry("SSH_AUTH_SOCK", "");
    assertThat(report.get("connect-outside")).isIn("101", "111");
    assertThat(report.get("connect-caller")).isEqualTo("111");
    assertThat(report)
        .allSatisfy((name, value) -> {
          if (name.matches("(read|write|change|remount|unmount|set|nested-(re|un)mount)-.*")) {
            assertThat(value).as(name).isIn("1", "2", "13", "22", "30");
          }
        });
    for (var name : new String[] {"remount-source", "remount-usr", "unmount-proc-sys"}) {
      assertThat(report.get(name)).as(name).isEqualTo("1");
    }
    assertThat(report.get("hostname")).isNotEqualTo(InetAddress.getLocalHost().getHostName());
    assertThat(report.get("HOME")).isNotEqualTo(System.getenv("HOME"));
    assertThat(report.get("leave-process")).isEqualTo("0");
    assertThat(isRunning(marker)).as("a process stayed behind").isFalse();
    assertThat(home.resolve("private")).hasContent("nobody's business\n");
  }

  @Test
  void theSameAttemptsSucceedWithoutASandbox() throws Exception {
    var report = report("unisolated", "kiln-nobody", "--no-sandbox");
    assertThat(report)
        .containsEntry("connect-caller", "0")
        .containsEntry("read-home", "0")
        .containsEntry("read-home-by-self-root", "0")
        .containsEntry("read-store", "0")
        .containsEntry("foreign-output-in-store", "true")
        .containsEntry("write-outside", "0");
    assertThat(report.get("network-devices")).contains("lo");
  }

  /// Builds a copy of the crate and returns what its build script found out.
  private static Map<String, String> report(String name, String marker, String... flags)
      throws Exception {
    var crate = KilnProgram.copyFixture("hostile", temp.resolve(name));
    try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      KilnProgram.write(
          crate.resolve("aims.txt"),
          """
          port %d
          home %s
          outside %s
          store %s
          marker %s
          """
              .formatted(
                  listener.getLocalPort(), home, outside, kiln.store().resolve("store"), marker));
      var command = new String[flags.length + 2];
      command[0] = "--offline";
      command[1] = "-v";
      System.arraycopy(flags, 0, command, 2, flags.length);
      var built = kiln.build(crate, command);
      assertThat(built.run().code()).as(built.run().err()).isZero();
    }
    var program = kiln.start(temp, Map.of(), List.of(crate + "/result/bin/hostile"));
    var facts = new TreeMap<String, String>();
    program
        .out()
        .lines()
        .forEach(line -> {
          var words = line.split(" ", 2);
          facts.put(words[0], words[1].replaceFirst("^=\\s?", "").strip());
        });
    assertThat(facts).hasSizeGreaterThan(30);
    return facts;
  }

  private static boolean isRunning(String marker) throws IOException {
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (var process : processes) {
        if (commandLine(process).contains(marker)) {
          return true;
        }
      }
    }
    return false;
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"));
    } catch (IOException e) {
      return ""; // it has just ended
    }
  }
}
