package dev.kiln.differential;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Runs the cargo that is installed, to know what is right.
final class CargoJudge {
  /// How a run ended.
  record Answer(int exit, String out, String err) {
    /// Returns the first line of the error, without its label.
    String error() {
      return err.lines()
          .filter(line -> line.startsWith("error: "))
          .findFirst()
          .map(line -> line.substring("error: ".length()))
          .orElse("");
    }
  }

  private final Path home;
  private final Path target;

  CargoJudge(Path home, Path target) {
    this.home = home;
    this.target = target;
  }

  /// Returns the environment of both, cargo and kiln.
  Map<String, String> environment(Map<String, String> own) {
    var environment = new TreeMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("CARGO_") || name.startsWith("RUSTUP_T"));
    environment.put("CARGO_HOME", home.toString());
    environment.put("CARGO_TARGET_DIR", target.toString());
    environment.put("CARGO_INCREMENTAL", "0");
    environment.put("RUSTC_BOOTSTRAP", "1");
    environment.putAll(own);
    return environment;
  }

  Answer run(Path directory, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add("cargo");
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    var errors = Files.createTempFile("cargo", ".err");
    var process = builder.redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    var err = Files.readString(errors);
    Files.delete(errors);
    return new Answer(exit, out, err);
  }
}
