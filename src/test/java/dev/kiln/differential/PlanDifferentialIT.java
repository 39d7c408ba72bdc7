package dev.kiln.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.ops.Planning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Plans random workspaces as cargo plans them.
class PlanDifferentialIT {
  private static final int SEEDS_PER_REGISTRY = 50;
  private static final int ORDERS = 4;

  @TempDir Path temp;

  @Test
  void plansRandomWorkspacesAsCargoDoes() throws Exception {
    int first = Integer.getInteger("kiln.seeds.first", 0);
    int count = Integer.getInteger("kiln.seeds", 200);
    var coverage = new Coverage();
    var cargo = new CargoJudge(temp.resolve("cargo"), temp.resolve("target"));
    var kiln = new Planning(temp.resolve("kiln"));
    var failures = new ArrayList<String>();
    int valid = 0;
    int commands = 0;
    int graphs = 0;
    for (int seed = first; seed < first + count; seed++) {
      var block = seed / SEEDS_PER_REGISTRY;
      var crates = GroundMaker.registry(new Draw(-1 - block, new Coverage()));
      var registry = temp.resolve("registry-" + block);
      if (!Files.exists(registry)) {
        LocalRegistry.write(registry, crates);
      }
      var draw = new Draw(seed, coverage);
      var ground = new GroundMaker(draw, crates).ground();
      var root = temp.resolve("ws-" + seed);
      var test = new Seed(root, ground, registry, cargo, kiln);
      var reason = test.lock();
      if (!reason.isEmpty()) {
        System.err.println("seed " + seed + " invalid: " + reason);
        continue;
      }
      valid++;
      for (int i = 0; i < ORDERS; i++) {
        var order = Order.draw(draw, ground);
        var outcome = test.compare(order, Planning.NO_BUG);
        commands++;
        graphs += outcome.valid() ? 1 : 0;
        // cargo writes a lock file where there is none, kiln says so and stops
        boolean unlocked =
            outcome.differences().stream().anyMatch(line -> line.contains("there is no lock file"));
        if (!outcome.differences().isEmpty() && !unlocked) {
          failures.add(
              "seed "
                  + seed
                  + " in "
                  + root
                  + "/"
                  + order.directory()
                  + ": "
                  + String.join(" ", order.arguments())
                  + "\n    "
                  + outcome.differences().stream()
                      .limit(3)
                      .map(line -> line.substring(0, Math.min(line.length(), 240)))
                      .collect(Collectors.joining("\n    ")));
        }
      }
    }
    System.err.println(
        valid + " of " + count + " valid, " + graphs + " graphs of " + commands + " commands");
    System.err.println(coverage.table());
    assertThat(failures).isEmpty();
    assertThat(List.of(valid)).allMatch(v -> v >= count * 8 / 10);
  }
}
