package dev.kiln.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Needs;
import dev.kiln.process.Command;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A builder that wants out, on every rung that this machine allows: as the user of this JVM, and,
/// where that is root, as an ordinary user too. The same program without isolation is the control.
@Needs({"rustc", "bwrap", "unshare", "setpriv"})
@Timeout(120)
class HostileBuilderTest {
  private static final int NOBODY = 65534;

  private static final String READ_ONLY = "Read-only file system";
  private static final String DENIED = "Permission denied";
  private static final String ABSENT = "No such file or directory";

  /// What each attempt may come to; errno 1 EPERM, 2 ENOENT, 13 EACCES, 22 EINVAL, 30 EROFS, 101
  /// ENETUNREACH, 111 ECONNREFUSED.
  private static final Map<String, Set<String>> ATTEMPTS =
      Map.ofEntries(
          Map.entry("connect-outside", Set.of("101")),
          Map.entry("connect-caller", Set.of("111")),
          Map.entry("read-home", Set.of("2")),
          Map.entry("read-home-by-self-root", Set.of("2")),
          Map.entry("read-home-by-init-root", Set.of("2", "13")),
          Map.entry("read-home-by-init-cwd", Set.of("2", "13")),
          Map.entry("read-store", Set.of("2")),
          Map.entry("read-shadow", Set.of("2")),
          Map.entry("read-undeclared", Set.of(ABSENT)),
          Map.entry("write-source", Set.of("30")),
          Map.entry("write-source-by-self-root", Set.of("30")),
          Map.entry("write-source-by-init-root", Set.of("30", "13")),
          Map.entry("write-source-after-remount", Set.of("30")),
          Map.entry("write-usr", Set.of("30")),
          Map.entry("write-etc", Set.of("2")),
          Map.entry("write-outside", Set.of("2")),
          Map.entry("write-outside-by-init-root", Set.of("2", "13")),
          Map.entry("change-source", Set.of("13", "30")),
          Map.entry("change-core-pattern", Set.of("13", "30")),
          Map.entry("change-sysrq-trigger", Set.of("2", "13", "30")),
          Map.entry("remount-source", Set.of("1")),
          Map.entry("remount-usr", Set.of("1")),
          Map.entry("unmount-proc-sys", Set.of("1")),
          Map.entry("set-hostname", Set.of("1")),
          Map.entry("read-machine-id", Set.of("2")),
          Map.entry("read-dbus-machine-id", Set.of("2")),
          Map.entry("append-to-beside", Set.of(DENIED, READ_ONLY)),
          Map.entry("chmod-beside", Set.of(READ_ONLY)),
          Map.entry("chmod-by-proc-fd", Set.of(READ_ONLY)),
          Map.entry("touch-beside", Set.of(DENIED, READ_ONLY)),
          Map.entry("link-beside", Set.of("Invalid cross-device link")),
          Map.entry("append-to-farm", Set.of(DENIED, READ_ONLY)),
          Map.entry("remove-from-farm", Set.of(READ_ONLY)),
          Map.entry("append-to-links", Set.of(DENIED, READ_ONLY)),
          Map.entry("create-in-links", Set.of(READ_ONLY)),
          Map.entry("create-in-build", Set.of(READ_ONLY)),
          Map.entry("create-in-root", Set.of(READ_ONLY)),
          Map.entry("create-in-dev", Set.of(READ_ONLY)));

  /// Only where a builder can make a user namespace of its own.
  private static final Map<String, Set<String>> NESTED =
      Map.of(
          "nested-remount-source", Set.of("1"),
          "nested-remount-usr", Set.of("1"),
          "nested-unmount-proc-sys", Set.of("22"));

  private static final Map<String, String> FACTS =
      Map.ofEntries(
          Map.entry("network-devices", "lo"),
          Map.entry("foreign-output-in-store", "false"),
          Map.entry("foreign-output-in-build", "false"),
          Map.entry("undeclared-crate-in-build", "false"),
          Map.entry("writable-devices", ""),
          Map.entry("switches", ""),
          Map.entry("capabilities", "0000000000000000"),
          Map.entry("uid", "1000"),
          Map.entry("gid", "100"),
          Map.entry("hostname", "localhost"),
          Map.entry("USER", ""),
          Map.entry("LOGNAME", ""),
          Map.entry("HOME", "/build/home"),
          Map.entry("HOSTNAME", ""),
          Map.entry("SSH_AUTH_SOCK", ""),
          Map.entry("leave-process", "0"),
          Map.entry("left-behind", "false"),
          Map.entry("output", "[]"),
          Map.entry("exit", "0"),
          Map.entry("stderr", ""),
          Map.entry("dependency", "precious 100444"));

  private static Path dir;
  private static final SortedMap<String, SortedMap<String, String>> REPORTS = new TreeMap<>();

  @BeforeAll
  static void attack() throws Exception {
    dir = Files.createTempDirectory("kiln-hostile");
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    var program = compile();
    new HostileRun(Files.createDirectory(dir.resolve("own")), program)
        .all()
        .forEach((rung, report) -> REPORTS.put("own " + rung, report));
    if (isRoot()) {
      attackAsNobody(program);
    }
  }

  @AfterAll
  static void tidy() throws IOException {
    Trees.delete(dir);
  }

  private static Path compile() throws Exception {
    var source = Path.of("fixtures/hostile/build.rs").toAbsolutePath().toString();
    var program = dir.resolve("hostile");
    var rustc =
        List.of("rustc", "--edition=2024", "-Cdebuginfo=0", "-o", program.toString(), source);
    var printed = new Command(rustc, dir, new TreeMap<>(System.getenv())).capture();
    assertThat(printed.exit().isSuccess()).as(printed.stderr()).isTrue();
    return program;
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  /// A JVM of an ordinary user, which may not even read the class path of this one.
  private static void attackAsNobody(Path program) throws Exception {
    var path = new ArrayList<String>();
    for (var entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      var name = Path.of(entry).getFileName().toString();
      if (Files.isDirectory(Path.of(entry))
          || name.matches("(zt-exec|slf4j|jspecify|commons-).*")) {
        var copy = dir.resolve("lib").resolve(path.size() + "-" + name);
        copy(Path.of(entry), copy);
        path.add(copy.toString());
      }
    }
    var work = Files.createDirectory(dir.resolve("nobody"));
    Files.setAttribute(work, "unix:uid", NOBODY);
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command =
        List.of(
            "setpriv",
            "--reuid=" + NOBODY,
            "--regid=" + NOBODY,
            "--clear-groups",
            java,
            "-cp",
            String.join(File.pathSeparator, path),
            HostileRun.class.getName(),
            work.toString(),
            program.toString());
    var env = new TreeMap<>(Map.of("PATH", System.getenv("PATH"), "LC_ALL", "C.UTF-8"));
    var printed = new Command(command, dir, env).capture();
    for (var line : printed.stdout().lines().toList()) {
      var fields = line.split("\t", -1);
      REPORTS
          .computeIfAbsent("nobody " + fields[0], _ -> new TreeMap<>())
          .put(fields[1], fields[2]);
    }
    assertThat(REPORTS.keySet()).as(printed.stderr()).anyMatch(who -> who.startsWith("nobody "));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        var place = to.resolve(from.relativize(file).toString());
        Files.createDirectories(place.getParent());
        if (!Files.isDirectory(file)) {
          Files.copy(file, place);
        }
      }
    }
  }

  static List<Arguments> isolated() {
    return REPORTS.entrySet().stream()
        .filter(report -> !report.getKey().endsWith(Rung.NONE.word()))
        .map(report -> Arguments.of(report.getKey(), report.getValue()))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("isolated")
  void everyAttemptFailsInTheSandbox(String who, SortedMap<String, String> report) {
    assertThat(report).doesNotContainKey("exception");
    ATTEMPTS.forEach((name, errnos) -> assertThat(errnos).as(name).contains(report.get(name)));
    FACTS.forEach((name, value) -> assertThat(said(report, name)).as(name).isEqualTo(value));
    if (said(report, "nested-namespace").equals("made")) {
      NESTED.forEach((name, errnos) -> assertThat(errnos).as(name).contains(report.get(name)));
    } else {
      assertThat(report.get("nested-namespace")).isEqualTo("1");
    }
    if (!who.contains("WEAK")) {
      assertThat(Integer.parseInt(said(report, "visible-processes"))).isBetween(1, 6);
    }
  }

  private static String said(Map<String, String> report, String name) {
    return report.getOrDefault(name, "nothing").strip();
  }

  @Test
  void bubblewrapIsAmongTheRungs() {
    assertThat(REPORTS.keySet()).contains("own BUBBLEWRAP", "own UNSHARE");
  }

  /// The control: without isolation what is tried succeeds, so the errors above are the walls'.
  @Test
  void withoutIsolationTheSameAttemptsSucceed() throws Exception {
    for (var who : List.of("own", "nobody")) {
      var report = REPORTS.get(who + " " + Rung.NONE.word());
      if (report == null) {
        assertThat(who).isEqualTo("nobody");
        continue;
      }
      assertThat(report).doesNotContainKey("exception");
      for (var name :
          List.of(
              "connect-caller",
              "read-home",
              "read-home-by-self-root",
              "read-store",
              "write-outside",
              "chmod-beside",
              "touch-beside",
              "remove-from-farm",
              "create-in-links")) {
        assertThat(report.get(name)).as(who + " " + name).isEqualTo("0");
      }
      assertThat(report.get("foreign-output-in-store")).isEqualTo("true");
      assertThat(report.get("uid")).isNotEqualTo("1000");
      assertThat(report.get("dependency")).as(who).isNotEqualTo("precious 100444");
      assertThat(report.get("left-behind")).isEqualTo("false");
    }
    if (isRoot()) {
      var report = REPORTS.getOrDefault("own " + Rung.NONE.word(), new TreeMap<>());
      for (var name :
          List.of(
              "change-core-pattern", "write-usr", "write-etc", "append-to-beside", "read-shadow")) {
        assertThat(report.get(name)).as(name).isEqualTo("0");
      }
    }
  }
}
