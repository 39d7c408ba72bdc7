package dev.kiln.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Runs kiln's command line in process, with captured streams.
final class CommandLines {
  private CommandLines() {}

  /// What a command line came to.
  record Ran(int code, String out, String err) {}

  static Ran kiln(Path cwd, Map<String, String> environment, List<String> args) {
    return kiln(cwd, environment, new byte[0], args);
  }

  static Ran kiln(Path cwd, Map<String, String> environment, byte[] input, List<String> args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var world = world(cwd, environment, input, out, err);
    var code = new Kiln(world).run(args);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /// Runs a command whose output is bytes.
  static int kiln(Path cwd, byte[] input, List<String> args, OutputStream out) {
    return new Kiln(world(cwd, Map.of(), input, out, System.err)).run(args);
  }

  /// Runs a command whose standard output goes to a file.
  static Ran kilnTo(FileOutputStream out, Path cwd, byte[] input, List<String> args) {
    var err = new ByteArrayOutputStream();
    var world = world(cwd, Map.of(), input, new StandardOutput(out), err);
    return new Ran(new Kiln(world).run(args), "", err.toString(StandardCharsets.UTF_8));
  }

  static World world(Path cwd, Map<String, String> environment) {
    return world(
        cwd, environment, new byte[0], new ByteArrayOutputStream(), new ByteArrayOutputStream());
  }

  private static World world(
      Path cwd, Map<String, String> environment, byte[] input, OutputStream out, OutputStream err) {
    var text = new PrintStream(out, false, StandardCharsets.UTF_8);
    return world(cwd, environment, input, text, err);
  }

  private static World world(
      Path cwd, Map<String, String> environment, byte[] input, PrintStream out, OutputStream err) {
    var all = new TreeMap<String, String>();
    all.put("HOME", cwd.resolve("home").toString());
    all.put("PATH", "/usr/bin:/bin");
    all.putAll(environment);
    return new World(
        cwd,
        all,
        Clock.systemUTC(),
        new ByteArrayInputStream(input),
        out,
        new PrintStream(err, false, StandardCharsets.UTF_8),
        World.Terminal.NONE);
  }

  static Ran kiln(Path cwd, String... args) {
    return kiln(cwd, Map.of(), List.of(args));
  }
}
