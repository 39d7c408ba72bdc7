package dev.kiln.differential;

import static java.util.Objects.requireNonNull;

import dev.kiln.KilnException;
import dev.kiln.cli.InProcess;
import dev.kiln.json.Json;
import dev.kiln.ops.Planning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One workspace on disk, to be planned by cargo and by kiln.
final class Trial {
  /// What came of one command: `graph` is cargo's, null where it made none.
  record Outcome(Order order, @Nullable Json graph, List<String> differences) {
    boolean valid() {
      return graph != null;
    }
  }

  private final Path root;
  private final CargoJudge cargo;
  private final SortedMap<String, String> environment;

  Trial(Path root, CargoJudge cargo, SortedMap<String, String> own) {
    this.root = root;
    this.cargo = cargo;
    this.environment = cargo.environment(own);
  }

  /// Makes the lock file; empty where the workspace is none that cargo takes, else the reason.
  /// `version` is what the lock file then calls itself, 0 for what cargo makes of it.
  String lock(int version) throws IOException, InterruptedException {
    var answer = cargo.run(root, environment, "generate-lockfile", "--offline");
    if (answer.exit() != 0) {
      return answer.error();
    }
    if (version != 0) {
      var file = root.resolve("Cargo.lock");
      var line = version == 2 ? "" : "version = " + version + "\n";
      Files.writeString(file, Files.readString(file).replace("version = 4\n", line));
    }
    return "";
  }

  Outcome compare(Order order) throws IOException, InterruptedException, KilnException {
    var arguments = words(order);
    var directory = root.resolve(order.directory());
    var answer = cargo.run(directory, environment, arguments.toArray(String[]::new));
    if (answer.out().startsWith("{")) {
      var graph = Json.parse(answer.out());
      var ran = InProcess.run(directory, environment, arguments);
      if (!isLocked(graph)) {
        return new Outcome(order, null, unlocked(ran.code(), error(ran.err())));
      }
      return new Outcome(
          order,
          graph,
          ran.code() == 0
              ? GraphComparison.differences(graph, Json.parse(ran.out()))
              : List.of("kiln only: error: " + error(ran.err())));
    }
    if (answer.err().contains("panicked at")) {
      return new Outcome(order, null, List.of());
    }
    var ran = InProcess.run(directory, environment, arguments);
    return new Outcome(order, null, errors(answer, ran.code(), error(ran.err())));
  }

  private static List<String> unlocked(int code, String error) {
    return code == 101 && error.startsWith("the lock file has no package for")
        ? List.of()
        : List.of("error: a package is not locked, kiln says: " + code + " " + error);
  }

  /// Says whether the lock file has every published package of a graph: cargo chooses those that
  /// only a feature on the command line brings in anew, kiln refuses to.
  private boolean isLocked(Json graph) throws IOException, KilnException {
    var lock = locks();
    for (var unit : graph.asObject().get("units").asArray()) {
      var id = unit.asObject().get("pkg_id").asString();
      if (id.startsWith("path+")) {
        continue;
      }
      var fragment = id.substring(id.indexOf('#') + 1);
      int at = fragment.indexOf('@');
      var url = id.substring(0, id.indexOf('#'));
      var name = at < 0 ? url.substring(url.lastIndexOf('/') + 1) : fragment.substring(0, at);
      var version = fragment.substring(at + 1);
      if (!lock.contains("name = \"%s\"\nversion = \"%s\"".formatted(name, version))) {
        return false;
      }
    }
    return true;
  }

  /// Returns the lock files of the workspace and of packages beside it.
  private String locks() throws IOException {
    var text = new StringBuilder();
    try (var files = Files.walk(root)) {
      for (var file : files.filter(path -> path.endsWith("Cargo.lock")).toList()) {
        text.append(Files.readString(file));
      }
    }
    return text.toString();
  }

  /// Says whether a bug shows in a command that both agree on without it.
  boolean shows(Planning.Bug bug, Outcome outcome) throws KilnException, InterruptedException {
    try {
      var request =
          InProcess.request(
              root.resolve(outcome.order().directory()), environment, words(outcome.order()));
      var got = Planning.graph(request.settings(), request.options(), bug);
      return !GraphComparison.differences(requireNonNull(outcome.graph()), got).isEmpty();
    } catch (KilnException _) {
      return true;
    }
  }

  private List<String> words(Order order) {
    var words = new ArrayList<String>();
    order.arguments().forEach(word -> words.add(word.replace("{root}", root.toString())));
    words.addAll(List.of("--offline", "--unit-graph", "-Zunstable-options"));
    return words;
  }

  private static String error(String err) {
    return new CargoJudge.Answer(0, "", err).error();
  }

  private static List<String> errors(CargoJudge.Answer cargo, int code, String kiln) {
    // cargo writes a lock file where there is none, kiln says so and stops
    if (kiln.contains("there is no lock file")) {
      return List.of();
    }
    // which of two missing dependencies, or of two profiles at fault, cargo names is by chance
    boolean same =
        cargo.error().equals(kiln)
            || Stream.of(
                    "does not have a dependency named", "multiple package overrides in profile")
                .anyMatch(words -> cargo.error().contains(words) && kiln.contains(words));
    return same && cargo.exit() == code
        ? List.of()
        : List.of(
            "error: cargo says: " + cargo.exit() + " " + cargo.error(),
            "error: kiln says:  " + code + " " + kiln);
  }
}
