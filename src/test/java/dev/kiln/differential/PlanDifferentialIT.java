package dev.kiln.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.ops.PlantedBugs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Plans random workspaces as cargo plans them, and finds out planted bugs by that.
///
/// `-Dkiln.seeds=2000` is the long run, `-Dkiln.seeds.first` where it starts. What differs is cut
/// down and written to `target/differential`, to become a folder of `fixtures/differential`.
class PlanDifferentialIT {
  private static final int SEEDS = 200;
  private static final int LONG_RUN = 2000;

  /// How often each feature of the language must occur in the long run.
  private static final int OCCURRENCES = 50;

  private static final int TRIES = 400;
  private static final int SHRUNK = 5;

  @TempDir Path temp;

  @Test
  void plansRandomWorkspacesAsCargoDoesAndFindsPlantedBugs() throws Exception {
    int first = Integer.getInteger("kiln.seeds.first", 0);
    int count = Integer.getInteger("kiln.seeds", SEEDS);
    var cargo = new CargoJudge(temp.resolve("home"));
    var seeds = new Seeds(temp, cargo);
    var coverage = new Coverage();
    var failures = new ArrayList<String>();
    var hidden = new TreeMap<>(PlantedBugs.all());
    var found = new TreeMap<String, Integer>();
    int valid = 0;
    int commands = 0;
    int graphs = 0;
    try (var pool = Executors.newFixedThreadPool(2)) {
      var running = new ArrayList<Future<Seeds.Result>>();
      for (int seed = first; seed < first + count; seed++) {
        int number = seed;
        running.add(pool.submit(() -> seeds.run(number)));
      }
      for (var future : running) {
        var result = future.get();
        if (!result.invalid().isEmpty()) {
          System.err.println("seed " + result.seed() + " invalid: " + result.invalid());
          coverage.knowAll(result.coverage());
          continue;
        }
        valid++;
        coverage.add(result.coverage());
        for (var outcome : result.outcomes()) {
          commands++;
          graphs += outcome.valid() ? 1 : 0;
          if (!outcome.differences().isEmpty()) {
            var text = text(result, outcome);
            System.err.println(text);
            failures.add(text + shrink(seeds, cargo, result, outcome, failures.size()));
          } else if (outcome.valid()) {
            for (var bug : List.copyOf(hidden.keySet())) {
              if (result.trial().shows(hidden.get(bug), outcome)) {
                hidden.remove(bug);
                found.put(bug, result.seed() - first + 1);
              }
            }
          }
        }
      }
    }
    System.err.println(
        valid + " of " + count + " valid, " + graphs + " graphs of " + commands + " commands");
    System.err.println(coverage.table());
    System.err.println("planted bugs, and after how many seeds they were found: " + found);
    assertThat(failures).isEmpty();
    assertThat(valid).isGreaterThanOrEqualTo(count * 8 / 10);
    assertThat(hidden.keySet()).as("planted bugs that nothing shows").isEmpty();
    assertThat(rare(coverage, OCCURRENCES * count / LONG_RUN)).as("too rare").isEmpty();
  }

  /// What once differed, cut down.
  @ParameterizedTest
  @MethodSource("cases")
  void plansKnownCasesAsCargoDoes(Path folder) throws Exception {
    var known = Case.read(folder);
    var root = temp.resolve("case");
    known.writeFiles(root);
    var trial = new Trial(root, new CargoJudge(temp.resolve("home")), known.environment());
    assertThat(trial.lock(0)).isEmpty();
    assertThat(trial.compare(known.order()).differences()).isEmpty();
  }

  static List<Path> cases() throws IOException {
    try (var folders = Files.list(Path.of("fixtures", "differential"))) {
      return folders.sorted().toList();
    }
  }

  private static SortedMap<String, Integer> rare(Coverage coverage, int least) {
    var rare = new TreeMap<>(coverage.counts());
    rare.values().removeIf(count -> count >= least);
    return rare;
  }

  private static String text(Seeds.Result result, Trial.Outcome outcome) {
    return "seed "
        + result.seed()
        + " in "
        + outcome.order().directory()
        + ": "
        + String.join(" ", outcome.order().arguments())
        + "\n    "
        + outcome.differences().stream()
            .limit(3)
            .map(line -> line.substring(0, Math.min(line.length(), 240)))
            .collect(Collectors.joining("\n    "));
  }

  private String shrink(
      Seeds seeds, CargoJudge cargo, Seeds.Result result, Trial.Outcome outcome, int earlier)
      throws Exception {
    if (earlier >= Integer.getInteger("kiln.seeds.shrunk", SHRUNK)) {
      return "";
    }
    var judge = Shrinker.differing(temp.resolve("smaller"), cargo, outcome);
    var small = new Shrinker(judge, TRIES).shrink(seeds.asCase(result, outcome.order()));
    if (small.isEmpty()) {
      return "\n    not with the registry as a directory";
    }
    var place = Path.of("target", "differential", "seed-" + result.seed());
    small.get().write(place);
    return "\n    cut down in " + place;
  }
}
