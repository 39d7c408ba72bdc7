package dev.kiln.differential;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
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

  /// `home` is where both tools keep what is theirs.
  CargoJudge(Path home) {
    this.home = home;
  }

  /// Returns the environment of both, cargo and kiln.
  SortedMap<String, String> environment(Map<String, String> own) {
    var environment = new TreeMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("CARGO_") || name.startsWith("RUSTUP_T"));
    environment.keySet().removeIf(name -> name.startsWith("KILN_") || name.startsWith("XDG_"));
    environment.keySet().removeIf(name -> name.contains("RUSTFLAGS"));
    environment.put("CARGO_HOME", home.resolve("cargo").toString());
    environment.put("CARGO_TARGET_DIR", home.resolve("target").toString());
    environment.put("KILN_STORE", home.resolve("store").toString());
    environment.put("XDG_CACHE_HOME", home.resolve("cache").toString());
    environment.put("XDG_CONFIG_HOME", home.resolve("config").toString());
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
