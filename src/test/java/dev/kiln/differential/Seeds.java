package dev.kiln.differential;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Makes workspaces of seeds and tries both planners on them.
final class Seeds {
  private static final int SEEDS_PER_REGISTRY = 50;
  private static final int ORDERS = 4;

  /// What came of a seed; `invalid` says why cargo refuses the workspace, empty where it does not.
  record Result(
      int seed,
      Ground ground,
      Trial trial,
      String invalid,
      List<Trial.Outcome> outcomes,
      Coverage coverage) {}

  private final Path temp;
  private final CargoJudge cargo;
  private final Map<Integer, List<Crate>> registries = new ConcurrentHashMap<>();

  Seeds(Path temp, CargoJudge cargo) {
    this.temp = temp;
    this.cargo = cargo;
  }

  Result run(int seed) throws IOException, InterruptedException, KilnException {
    var crates = registry(seed);
    var coverage = new Coverage();
    var draw = new Draw(seed, coverage);
    var ground = new GroundMaker(draw, crates).ground();
    var place = registryPlace(seed);
    replaceSource(
        ground,
        ground.vendored
            ? "directory = \"" + place.resolve("vendor") + "\""
            : "local-registry = \"" + place + "\"");
    var root = temp.resolve("ws-" + seed);
    new Case(ground.files(), new Order("", List.of()), ground.environment).writeFiles(root);
    var trial = new Trial(root, cargo, ground.environment);
    var invalid = trial.lock(ground.lockVersion);
    var outcomes = new ArrayList<Trial.Outcome>();
    for (int i = 0; i < ORDERS; i++) {
      var words = new Coverage();
      var order = Order.draw(new Draw(seed * 31L + i, words), ground);
      coverage.knowAll(words);
      if (invalid.isEmpty()) {
        var outcome = trial.compare(order);
        outcomes.add(outcome);
        if (outcome.valid()) {
          coverage.add(words);
        }
      }
    }
    return new Result(seed, ground, trial, invalid, outcomes, coverage);
  }

  /// Returns a seed's workspace and one of its commands as a case that needs nothing outside.
  Case asCase(Result result, Order order) throws IOException {
    replaceSource(result.ground(), "directory = \"vendor\"");
    var files = new TreeMap<>(result.ground().files());
    LocalRegistry.directory(registry(result.seed()))
        .forEach((path, text) -> files.put("vendor/" + path, text));
    return new Case(files, order, result.ground().environment);
  }

  private static void replaceSource(Ground ground, String by) {
    ground.config.put("source.crates-io", List.of("replace-with = \"here\""));
    ground.config.put("source.here", List.of(by));
  }

  private Path registryPlace(int seed) {
    return temp.resolve("registry-" + seed / SEEDS_PER_REGISTRY);
  }

  private synchronized List<Crate> registry(int seed) throws IOException {
    var block = seed / SEEDS_PER_REGISTRY;
    var known = registries.get(block);
    if (known != null) {
      return known;
    }
    var crates = GroundMaker.registry(new Draw(-1 - block, new Coverage()));
    var place = registryPlace(seed);
    LocalRegistry.write(place, crates);
    for (var file : LocalRegistry.directory(crates).entrySet()) {
      var path = place.resolve("vendor").resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    registries.put(block, crates);
    return crates;
  }
}
