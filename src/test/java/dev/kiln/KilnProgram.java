package dev.kiln;

import dev.kiln.json.Json;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The packaged program, started as a user starts it, with a store and caches of its own.
public final class KilnProgram {
  /// The project's folder.
  public static final Path ROOT = FileSystems.getDefault().getPath("").toAbsolutePath();

  private final Path places;

  /// `places` is the folder for store, caches and reports.
  public KilnProgram(Path places) {
    this.places = places;
  }

  /// What a run gave; output is decoded as UTF-8.
  public record Run(int code, String out, String err) {
    /// Returns the lines of standard error that are neither progress nor empty.
    public List<String> complaints() {
      return err.lines().filter(line -> !line.isBlank() && !line.startsWith(" ")).toList();
    }
  }

  /// What a `--report` says.
  public record Report(Json json) {
    public long built() throws KilnException {
      return json.require("built").asLong();
    }

    public long reused() throws KilnException {
      return json.require("reused").asLong();
    }

    /// Returns `NAME KIND` of every unit in a state; a run of a build script has the kind `run`.
    public TreeSet<String> in(String state) throws KilnException {
      var labels = new TreeSet<String>();
      for (var unit : units()) {
        if (unit.require("state").asString().equals(state)) {
          labels.add(label(unit));
        }
      }
      return labels;
    }

    /// Returns the derivation of each unit, without the order.
    public Map<String, TreeSet<String>> derivations() throws KilnException {
      var all = new TreeMap<String, TreeSet<String>>();
      for (var unit : units()) {
        all.computeIfAbsent(label(unit), _ -> new TreeSet<>())
            .add(unit.require("derivation").asString());
      }
      return all;
    }

    public List<Json> units() throws KilnException {
      return json.require("units").asArray();
    }

    public static String label(Json unit) throws KilnException {
      var id = unit.require("pkg_id").asString();
      var name = id.substring(id.lastIndexOf('/') + 1);
      var target = unit.require("target");
      var kind =
          unit.require("mode").asString().equals("run-custom-build")
              ? "run"
              : target.require("kind").asArray().getFirst().asString();
      return name + " " + target.require("name").asString() + " " + kind;
    }
  }

  /// Runs `kiln` in a folder.
  public Run run(Path folder, String... arguments) throws IOException, InterruptedException {
    return run(folder, Map.of(), arguments);
  }

  /// Runs `kiln` in a folder, with more variables.
  public Run run(Path folder, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(ROOT.resolve("kiln").toString()));
    command.addAll(List.of(arguments));
    return start(folder, environment, command);
  }

  /// Runs any program.
  public Run start(Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    var logs = Files.createTempDirectory(Files.createDirectories(places), "run");
    var out = logs.resolve("out");
    var err = logs.resolve("err");
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(variables());
    builder.environment().putAll(environment);
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(empty(logs).toFile()));
    var process = builder.start();
    try {
      return new Run(process.waitFor(), Files.readString(out), Files.readString(err));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /// Returns the physical store.
  public Path store() {
    return places.resolve("data/kiln");
  }

  /// Builds with a report, whatever the exit code.
  public Built build(Path folder, String... arguments)
      throws IOException, InterruptedException, KilnException {
    return build(folder, Map.of(), arguments);
  }

  /// Builds with a report, whatever the exit code.
  public Built build(Path folder, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException, KilnException {
    var file = Files.createTempFile(Files.createDirectories(places), "report", ".json");
    var command =
        Stream.concat(Stream.of("build", "--report", file.toString()), Stream.of(arguments));
    var run = run(folder, environment, command.toArray(String[]::new));
    return new Built(run, new Report(Json.parse(Files.readString(file))));
  }

  /// A build and its report.
  public record Built(Run run, Report report) {}

  private Map<String, String> variables() {
    return Map.of(
        "XDG_DATA_HOME", places.resolve("data").toString(),
        "XDG_CACHE_HOME", places.resolve("cache").toString(),
        "XDG_CONFIG_HOME", places.resolve("config").toString(),
        "CARGO_TERM_COLOR", "never");
  }

  private static Path empty(Path folder) throws IOException {
    return Files.createFile(folder.resolve("in"));
  }

  /// Copies a fixture, so that a test may change it.
  public static Path copyFixture(String name, Path to) throws IOException {
    var from = ROOT.resolve("fixtures").resolve(name);
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            if (folder.endsWith("target")) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(from.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              Files.copy(file, to.resolve(from.relativize(file)));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return to;
  }

  /// Writes a file and the folders above it.
  public static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
