package dev.kiln.realise;

import dev.kiln.builder.BuildListener;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Listens to one run of a build script: its two streams, whole.
final class ScriptRun implements BuildListener {
  private final List<byte[]> stdout = new ArrayList<>();
  private final List<byte[]> stderr = new ArrayList<>();

  @Override
  public synchronized void stdout(byte[] line) {
    stdout.add(line);
  }

  @Override
  public synchronized void stderr(byte[] line) {
    stderr.add(line);
  }

  synchronized List<byte[]> output() {
    return List.copyOf(stdout);
  }

  synchronized List<String> errors() {
    return stderr.stream().map(ScriptRun::text).toList();
  }

  /// Returns both streams as Cargo shows those of a script that failed.
  synchronized String transcript() {
    return (section("stdout", stdout) + section("stderr", stderr)).stripTrailing();
  }

  private static String section(String name, List<byte[]> lines) {
    return lines.isEmpty()
        ? ""
        : lines.stream()
            .map(line -> ("  " + text(line)).stripTrailing())
            .collect(Collectors.joining("\n", "\n  --- " + name + "\n", "\n"));
  }

  static String text(byte[] line) {
    return new String(line, StandardCharsets.UTF_8);
  }
}
