package dev.kiln.process;

import dev.kiln.KilnException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// One run of one program of this machine, unisolated.
///
/// `argv[0]` is a path, or a name that is looked up in the PATH of this process. `cwd` is absolute.
/// `env` is the whole environment. A character U+DC80 to U+DCFF in these strings stands for one
/// byte that is not UTF-8 (see [RawText]).
public record Command(List<String> argv, Path cwd, SortedMap<String, String> env) {
  public Command {
    argv = List.copyOf(argv);
    env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
  }

  /// Runs the program to its end, with nothing on its standard input, and returns what it printed.
  public Captured capture() throws KilnException, InterruptedException {
    var stdout = new ByteArrayOutputStream();
    var stderr = new ByteArrayOutputStream();
    var exit = run(new byte[0], collect(stdout), collect(stderr));
    return new Captured(
        exit, stdout.toString(StandardCharsets.UTF_8), stderr.toString(StandardCharsets.UTF_8));
  }

  /// Runs the program to its end with the standard streams of this process.
  public Exit attach() throws KilnException, InterruptedException {
    var builder = new ProcessBuilder(argv).directory(cwd.toFile()).inheritIO();
    builder.environment().clear();
    builder.environment().putAll(env);
    try {
      var process = builder.start();
      try {
        return new Exit(process.waitFor());
      } finally {
        process.destroy();
      }
    } catch (IOException e) {
      throw new KilnException("cannot run " + argv.getFirst() + " in " + cwd, null, e);
    }
  }

  private static Consumer<byte[]> collect(ByteArrayOutputStream into) {
    return line -> {
      into.writeBytes(line);
      into.write('\n');
    };
  }

  /// Runs the program to its end with these bytes on its standard input.
  ///
  /// Each listener hears the lines of its stream, without the line feed, as they come, on a thread
  /// of its own. What a listener throws is thrown here, after the program has ended. When the
  /// calling thread is interrupted, the program and its descendants are dead before this throws.
  public Exit run(byte[] input, Consumer<byte[]> stdout, Consumer<byte[]> stderr)
      throws KilnException, InterruptedException {
    var streams = new Streams(input, stdout, stderr);
    int code;
    try {
      code = Starter.start(this, streams).exit();
    } catch (IOException e) {
      throw new KilnException(
          "cannot run " + argv.getFirst() + " in " + cwd,
          "check that the program exists and may be executed",
          e);
    }
    streams.rethrow();
    return new Exit(code);
  }
}
