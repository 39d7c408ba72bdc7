package dev.kiln.differential;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import dev.kiln.ops.Planning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One workspace written to disk, to be planned by cargo and by kiln.
final class Seed {
  /// What came of one command: `valid` where cargo made a graph.
  record Outcome(Order order, boolean valid, List<String> differences) {}

  private final Path root;
  private final CargoJudge cargo;
  private final Planning kiln;
  private final Map<String, String> environment;

  Seed(Path root, Ground ground, Path registry, CargoJudge cargo, Planning kiln)
      throws IOException {
    this.root = root;
    this.cargo = cargo;
    this.kiln = kiln;
    this.environment = cargo.environment(ground.environment);
    for (var file : ground.files().entrySet()) {
      var path = root.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    var config = root.resolve(".cargo/config.toml");
    Files.createDirectories(config.getParent());
    Files.writeString(
        config,
        (Files.exists(config) ? Files.readString(config) : "")
            + "\n[source.crates-io]\nreplace-with = \"here\"\n[source.here]\nlocal-registry = \""
            + registry
            + "\"\n");
  }

  /// Makes the lock file; empty where the workspace is none that cargo takes, else the reason.
  String lock() throws IOException, InterruptedException {
    var answer = cargo.run(root, environment, "generate-lockfile", "--offline");
    return answer.exit() == 0 ? "" : answer.error();
  }

  Outcome compare(Order order, Planning.Bug bug)
      throws IOException, InterruptedException, KilnException {
    var arguments = new ArrayList<>(order.arguments());
    arguments.addAll(List.of("--offline", "--unit-graph", "-Zunstable-options"));
    var directory = root.resolve(order.directory());
    var answer = cargo.run(directory, environment, arguments.toArray(String[]::new));
    boolean valid = answer.out().startsWith("{");
    if (answer.err().contains("panicked at") && !valid) {
      return new Outcome(order, false, List.of());
    }
    Json got;
    try {
      got = kiln.graph(directory, new TreeMap<>(environment), Orders.parse(order.arguments()), bug);
    } catch (KilnException e) {
      return new Outcome(
          order,
          valid,
          valid
              ? List.of("kiln only: error: " + e.getMessage())
              : errors(answer.error(), String.valueOf(e.getMessage())));
    }
    return new Outcome(
        order,
        valid,
        valid
            ? GraphComparison.differences(Json.parse(answer.out()), got)
            : List.of("cargo only: error: " + answer.error()));
  }

  private static List<String> errors(String cargo, String kiln) {
    var first = kiln.lines().findFirst().orElse("");
    // which of two missing dependencies cargo names is by chance
    var named = "does not have a dependency named";
    boolean same = cargo.equals(first) || (cargo.contains(named) && first.contains(named));
    return same || cargo.isEmpty()
        ? List.of()
        : List.of("error: cargo says: " + cargo, "error: kiln says:  " + first);
  }
}
