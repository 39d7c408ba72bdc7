package dev.kiln.sandbox;

import dev.kiln.builder.BuildOutcome;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.Mount;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;

/// Runs the hostile program of the fixture, and a script that attacks what lies beside an output,
/// on every rung that the machine gives to the user of this JVM; a program of its own, so that a
/// test of root's can run it as an ordinary user.
final class HostileRun {
  /// What the program does not try: `NAME TEXT` per attempt, the text being the error's.
  private static final String SCRIPT =
      """
      export LC_ALL=C
      try() {
        name=$1; shift
        if text=$(sh -c "$*" 2>&1); then echo "$name 0"; else echo "$name ${text##*: }"; fi
      }
      cd /build/target/deps
      try append-to-beside 'echo x >>libdep'
      try chmod-beside 'chmod 666 libdep'
      try touch-beside 'touch libdep'
      try link-beside 'ln -L libdep mine && echo x >>mine'
      try chmod-by-proc-fd 'chmod 666 /proc/self/fd/7 7<libdep'
      farm=$(readlink -f libdep)
      try append-to-farm "echo x >>$farm"
      try remove-from-farm "rm -f $farm"
      try append-to-links 'echo x >>/build/links/libdep'
      try create-in-links 'echo x >/build/links/new'
      if [ -z "$CONTROL" ]; then
        try create-in-build 'mkdir /build/new'
        try create-in-root 'mkdir /new'
        try create-in-dev 'echo x >/dev/new'
      fi
      try read-undeclared 'cat /build/undeclared/libbystander'
      echo "switches = $(find /proc -maxdepth 5 -path '/proc/[0-9]*' -prune -o \
        -path /proc/self -prune -o -path /proc/thread-self -prune -o -path /proc/pressure -prune -o \
        -type f -writable -print \
        2>/dev/null | head -5 | tr '\\n' ' ')"
      echo "capabilities = $(grep -E 'Cap(Eff|Prm|Amb|Inh)' /proc/self/status | cut -f2 | sort -u | tr '\\n' ' ')"
      cd "$CARGO_MANIFEST_DIR"
      /build/hostile/program >/dev/null
      cat "$OUT_DIR/report.txt"
      rm -f /build/target/deps/mine
      """;

  private final Path dir;
  private final Path program;
  private final String marker = "kiln-hostile-" + UUID.randomUUID();

  HostileRun(Path dir, Path program) {
    this.dir = dir;
    this.program = program;
  }

  public static void main(String[] args) throws Exception {
    var reports = new HostileRun(Path.of(args[0]), Path.of(args[1])).all();
    for (var report : reports.entrySet()) {
      for (var line : report.getValue().entrySet()) {
        System.out.println(report.getKey() + "\t" + line.getKey() + "\t" + line.getValue());
      }
    }
    System.exit(0);
  }

  /// Returns each rung's report, attempts and facts by name.
  SortedMap<String, SortedMap<String, String>> all() throws Exception {
    var reports = new ConcurrentSkipListMap<String, SortedMap<String, String>>();
    var rungs = Workbench.rungs(dir);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var rung : rungs) {
        var _ = threads.submit(() -> reports.put(rung.word(), report(rung)));
      }
    }
    reports.put(Rung.NONE.word(), report(Rung.NONE));
    return reports;
  }

  private SortedMap<String, String> report(Rung rung) {
    try (var caller = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      return attack(rung, caller.getLocalPort());
    } catch (Exception e) {
      var text = new java.io.StringWriter();
      e.printStackTrace(new java.io.PrintWriter(text));
      return new TreeMap<>(Map.of("exception", text.toString().replaceAll("\\s+", " ")));
    }
  }

  private SortedMap<String, String> attack(Rung rung, int port) throws Exception {
    var bench = new Workbench(Files.createDirectories(dir.resolve(rung.word())));
    var home = Files.createDirectories(bench.dir.resolve("home"));
    var outside = Files.createDirectories(bench.dir.resolve("outside"));
    var aims =
        "port %d\nhome %s\noutside %s\nstore %s\nmarker %s\n"
            .formatted(port, home, outside, bench.store.root().resolve("store"), marker(rung));
    var source = bench.object("hostile", Map.of("aims.txt", aims, "src/lib.rs", "\n"));
    var dependency = bench.object("dep", Map.of("libdep", "precious\n"));
    bench.object("bystander", Map.of("libbystander", "", "bystander-secret", ""));

    var run = bench.run(rung, request(rung, source, dependency));

    var report = new TreeMap<String, String>();
    for (var line : run.stdout()) {
      int space = line.indexOf(' ');
      report.put(line.substring(0, space), line.substring(space + 1).replaceFirst("^= ", ""));
    }
    report.put("exit", Integer.toString(run.exit()));
    report.put("stderr", String.join("|", run.stderr()));
    report.put("left-behind", Boolean.toString(isRunning(marker(rung))));
    var file = bench.store.physical(dependency).resolve("libdep");
    var mode = Files.getAttribute(file, "unix:mode");
    report.put(
        "dependency",
        Files.readString(file).strip().replace('\n', ' ')
            + " "
            + Integer.toOctalString((int) mode));
    if (run.outcome() instanceof BuildOutcome.Built(var outputs, _)) {
      try (var files = Files.list(outputs.get("deps"))) {
        report.put("output", files.map(f -> f.getFileName().toString()).toList().toString());
      }
    }
    return report;
  }

  private BuildRequest request(Rung rung, StorePath source, StorePath dependency) {
    var link = List.of(new Mount.Link("libdep", dependency, "libdep"));
    var mounts =
        Workbench.mounts(
            new Mount.Tree("/build/ws/hostile", source, ""),
            new Mount.Host("/build/hostile/program", program),
            new Mount.Links("/build/links", link),
            new Mount.Scratch("/build/home"),
            new Mount.Output("/build/target/deps", "deps", link),
            new Mount.Output("/build/target/script", "out", List.of()));
    var env = Workbench.env();
    env.put("CARGO_MANIFEST_DIR", "/build/ws/hostile");
    env.put("OUT_DIR", "/build/target/script");
    env.put("HOME", "/build/home");
    env.put("CONTROL", rung.equals(Rung.NONE) ? "yes" : "");
    var argv = List.of("/bin/sh", "-c", SCRIPT);
    return Workbench.request(argv, env, "/build/ws/hostile", mounts);
  }

  /// Ends in a word of its own: one rung's name may begin another's, and they run side by side.
  private String marker(Rung rung) {
    return marker + rung.word() + "-end";
  }

  static boolean isRunning(String marker) throws IOException {
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
      var bytes = Files.readAllBytes(process.resolve("cmdline"));
      return new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
